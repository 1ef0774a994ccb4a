"""Opening programmes, and keeping what businesses answer."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from billing.funding.budgets import lock_budgets_of
from billing.funding.errors import AnswerRefused, BudgetBelowReserved, ProgrammeInvalid
from billing.funding.models import (
    Advance,
    DecisionMode,
    FactAnswer,
    FundingBase,
    Programme,
    ProgrammeBudget,
)
from billing.funding.revisions import publish_first_rule
from billing.funding.rules import Reading
from billing.funding.terms import plain_rule
from billing.funding.vocabulary import funding_vocabulary
from kernel.errors import DomainError
from kernel.money import allocate
from kernel.rules.errors import FactRefused, RuleInvalid
from kernel.rules.facts import Source, read_facts, write_facts
from kernel.web.formats import format_money
from tenants.accounts.models import User
from tenants.parties.models import Party


@transaction.atomic
def open_programme(
    *,
    slug: str,
    name: str,
    description: str,
    funder: Party,
    rate_percent: Decimal,
    cap_cents: int,
    budget_cents: int,
    starts_on: datetime.date,
    ends_on: datetime.date,
    base: str = FundingBase.EXCL_VAT,
    min_spend_cents: int = 0,
    max_vouchers_per_business: int = 1,
    stackable: bool = False,
    reservation_days: int = 30,
    cap_business_cents: int | None = None,
    cap_year_cents: int | None = None,
    stacking_order: int = 100,
    decision: str = DecisionMode.FIRST_COME,
    is_de_minimis: bool = True,
    advance: str = Advance.WHEN_FUNDER_PAYS,
    expected_payment_days: int = 60,
    eligibility: Mapping[str, Any] | None = None,
    name_en: str = "",
    description_en: str = "",
) -> Programme:
    """Open a programme; its budget is spread over its years by the months it runs in each.

    Amounts in cents, dates are legal dates of the tenant. ``eligibility`` are the plain terms of
    `billing.funding.terms`, which become its first rule, in force from its first day. Raises
    ProgrammeInvalid.
    """
    if budget_cents < cap_cents:
        raise ProgrammeInvalid(reason=_("le budget est inférieur au plafond d’un chèque"))
    programme = Programme(
        slug=slug,
        name=name,
        name_en=name_en,
        description=description,
        description_en=description_en,
        funder=funder,
        rate_percent=rate_percent,
        cap_cents=cap_cents,
        min_spend_cents=min_spend_cents,
        base=base,
        max_vouchers_per_business=max_vouchers_per_business,
        stackable=stackable,
        reservation_days=reservation_days,
        cap_business_cents=cap_business_cents,
        cap_year_cents=cap_year_cents,
        stacking_order=stacking_order,
        decision=decision,
        is_de_minimis=is_de_minimis,
        advance=advance,
        expected_payment_days=expected_payment_days,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    try:
        programme.full_clean()
    except ValidationError as error:
        raise ProgrammeInvalid(reason=" ".join(error.messages)) from error
    programme.save()
    months = months_by_year(starts_on, ends_on)
    amounts = allocate(budget_cents, list(months.values()))
    ProgrammeBudget.objects.bulk_create(
        ProgrammeBudget(programme=programme, year=year, amount_cents=amount)
        for year, amount in zip(months, amounts, strict=True)
    )
    try:
        rule = plain_rule(eligibility or {}, Reading(), starts_on)
        publish_first_rule(programme=programme, document=rule.document, examples=rule.examples)
    except RuleInvalid as error:
        raise ProgrammeInvalid(reason=" ".join(fault.message for fault in error.errors)) from error
    except DomainError as error:
        raise ProgrammeInvalid(reason=str(error)) from error
    programme.refresh_from_db()
    return programme


@transaction.atomic
def change_budget(*, programme: Programme, year: int, amount_cents: int) -> ProgrammeBudget:
    """What a programme may spend in a budget year from now on, in cents; under the lock of that budget.

    Raises BudgetBelowReserved: what is promised stays; ProgrammeInvalid for a year in which it does not run.
    """
    if not programme.starts_on.year <= year <= programme.ends_on.year:
        raise ProgrammeInvalid(reason=_("il ne court pas en %(year)s") % {"year": year})
    budget = lock_budgets_of([programme.pk], year).get(programme.pk)
    if budget is None:
        return ProgrammeBudget.objects.create(programme=programme, year=year, amount_cents=amount_cents)
    if amount_cents < budget.reserved_cents:
        raise BudgetBelowReserved(year=year, reserved=format_money(budget.reserved_cents))
    budget.amount_cents = amount_cents
    budget.save(update_fields=["amount_cents"])
    return budget


@transaction.atomic
def answer_facts(*, party: Party, answers: Mapping[str, Any], user: User | None) -> list[FactAnswer]:
    """Keep what a business answers to questions of rules; ``answers`` as JSON by fact, None says nothing.

    Only facts that are asked can be answered. Raises AnswerRefused.
    """
    vocabulary = funding_vocabulary()
    for key in answers:
        if key not in vocabulary or vocabulary[key].source != Source.ASKED:
            raise AnswerRefused(reason=_("Cette question n’est pas posée."))
    try:
        known = write_facts(read_facts(vocabulary, answers))
    except FactRefused as error:
        raise AnswerRefused(reason=str(error)) from error
    return FactAnswer.objects.bulk_create(
        FactAnswer(party=party, key=key, value=value, answered_by=user) for key, value in known.items()
    )


def months_by_year(starts_on: datetime.date, ends_on: datetime.date) -> dict[int, int]:
    """How many calendar months of each year the period touches."""
    return {
        year: (ends_on.month if year == ends_on.year else 12)
        - (starts_on.month if year == starts_on.year else 1)
        + 1
        for year in range(starts_on.year, ends_on.year + 1)
    }
