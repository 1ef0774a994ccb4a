"""Finding that VAT differs at the tax point, looking again, confirming."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from billing.charges.models import ChargeRelease
from billing.charges.operations import lock_charge
from billing.charges.restating import PartVat, store_part_vat
from billing.charges.returns import restate_returns
from billing.ledger.accounts import AccountCode
from billing.ledger.models import EntryKind
from billing.ledger.operations import PostingInput, credit, debit, post_entry
from billing.vat_reviews.comparing import Comparison, as_json, compare
from billing.vat_reviews.errors import NothingFound, ReviewMoved
from billing.vat_reviews.lifecycle import REVIEW
from billing.vat_reviews.models import VatReview
from kernel.outbox.operations import enqueue
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date
from tenants.parties.snapshots import party_snapshot

if TYPE_CHECKING:
    from tenants.accounts.models import User


@transaction.atomic
def review_vat(*, release: ChargeRelease) -> VatReview | None:
    """Compare the VAT of a part that was just released; where it differs staff must confirm.

    Money goes on: nothing that anybody gets or pays depends on the answer. The invoices wait. The charge is
    locked by the caller and set on `release.item`.
    """
    seen = compare(release)
    if not (seen.sale_differs or seen.commission_differs):
        return None
    review = VatReview(release=release, expected=as_json(seen.expected))
    _note(review, seen)
    review.save(force_insert=True)
    return review


@transaction.atomic
def look_again(*, review: VatReview, user: User | None) -> VatReview:
    """Compare anew, after a rate or a regime was mended: what is found may be the expected VAT by now.

    Takes the lock of the charge. Raises TransitionRefused when the review is settled.
    """
    review, seen = _locked(review, "keep")
    _note(review, seen)
    if seen.sale_differs or seen.commission_differs:
        review.save()
        return review
    REVIEW.apply(review, "keep", "operator")
    _settle(review, user)
    return review


@transaction.atomic
def confirm_review(*, review: VatReview, seen: str, user: User | None) -> VatReview:
    """Staff confirm the VAT that they saw (`seen` is its `fingerprint`): the part is restated within its
    price incl. VAT, books follow, invoices are asked for.

    Takes the lock of the charge. Raises TransitionRefused, NothingFound, ReviewMoved.
    """
    review, fresh = _locked(review, "confirm")
    if fresh.found is None:
        raise NothingFound(problem=fresh.problem)
    if as_json(fresh.found) != review.found or fingerprint(review) != seen:
        raise ReviewMoved()
    release = review.release
    now = timezone.now()
    on = legal_date(current_tenant(), now)
    store_part_vat(release=release, to=fresh.found)
    back = restate_returns(release=release)
    own_sale = release.item.seller.roles.filter(role="operator").exists()
    sale = _moved(fresh.found, fresh.expected) - back.sale_cents
    review.sale_vat_cents = sale if own_sale else 0
    review.commission_vat_cents = (
        fresh.found.commission_vat_cents - fresh.expected.commission_vat_cents - back.commission_cents
    )
    review.seller_snapshot = party_snapshot(release.item.seller, fresh.tax_point_on)
    REVIEW.apply(review, "confirm", "operator")
    _settle(review, user)
    postings = [
        *_move(AccountCode.OWN_SALES, review.sale_vat_cents),
        *_move(AccountCode.COMMISSIONS, review.commission_vat_cents),
    ]
    if postings:
        post_entry(
            source=f"vat-review:{review.pk}",
            kind=EntryKind.VAT_RESTATED,
            occurred_on=on,
            memo=f"{release.item.description}, {release.label}",
            postings=postings,
        )
    return review


def fingerprint(review: VatReview) -> str:
    """What a page shows is told back by its form, so that nothing else is confirmed."""
    told = json.dumps(review.found, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _locked(review: VatReview, act: str) -> tuple[VatReview, Comparison]:
    found = VatReview.objects.values_list("release__item__charge_id", flat=True).get(pk=review.pk)
    charge = lock_charge(charge_id=found)
    locked = (
        VatReview.objects.select_for_update(of=("self",))
        .select_related("release__item__seller")
        .get(pk=review.pk)
    )
    REVIEW.check(locked, act, "operator")
    locked.release.item.charge = charge
    return locked, compare(locked.release)


def _note(review: VatReview, seen: Comparison) -> None:
    review.tax_point_on, review.commission_on = seen.tax_point_on, seen.commission_on
    review.found = as_json(seen.found) if seen.found is not None else None
    review.problem = seen.problem[:255]
    review.sale_differs, review.commission_differs = seen.sale_differs, seen.commission_differs


def _settle(review: VatReview, user: User | None) -> None:
    review.settled_at = timezone.now()
    review.settled_by = user
    review.save()
    enqueue("invoicing.issue_release_invoice", release_id=review.release_id)
    if review.release.commission_excl_cents:
        enqueue("invoicing.issue_commission_invoice", release_id=review.release_id)
    for made in review.release.returns.filter(corrects_sale=True).order_by("position"):
        enqueue("invoicing.issue_credit_note", return_id=made.pk)
        if made.commission_incl_cents:
            enqueue("invoicing.issue_commission_credit_note", return_id=made.pk)


def _moved(found: PartVat, expected: PartVat) -> int:
    return found.vat_cents - expected.vat_cents


def _move(turnover: AccountCode, vat_cents: int) -> list[PostingInput]:
    """From turnover to output VAT, or back."""
    if vat_cents > 0:
        return [debit(turnover, vat_cents), credit(AccountCode.OUTPUT_VAT, vat_cents)]
    if vat_cents < 0:
        return [debit(AccountCode.OUTPUT_VAT, -vat_cents), credit(turnover, -vat_cents)]
    return []
