"""Rows of the ledger as files."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from billing.ledger.models import Account
from billing.ledger.queries import PostingFilter, postings_of
from kernel.web.exports import cents_text

ROWS_AT_ONCE = 2000


def posting_rows(account: Account, wanted: PostingFilter) -> Iterator[list[str]]:
    """A heading, then the postings of an account, newest first, read in portions."""
    yield [
        _("Date"),
        _("Écriture"),
        _("Événement"),
        _("Objet"),
        _("Compte"),
        _("Personne"),
        _("Débit"),
        _("Crédit"),
        _("Devise"),
    ]
    for posting in postings_of(account.code, wanted).iterator(chunk_size=ROWS_AT_ONCE):
        yield [
            posting.entry.occurred_on.isoformat(),
            posting.entry.source,
            posting.entry.get_kind_display(),
            posting.entry.memo,
            account.number,
            posting.party.display_name if posting.party else "",
            cents_text(max(posting.amount_cents, 0)),
            cents_text(max(-posting.amount_cents, 0)),
            posting.currency,
        ]
