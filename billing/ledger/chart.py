"""The tenant's own numbers and labels of its accounts, with the history of what they were."""

from __future__ import annotations

import re
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from billing.ledger.accounts import CLASSES
from billing.ledger.errors import LabelMissing, NumberInvalid, NumberTaken
from billing.ledger.models import NUMBER_FORM, Account, AccountChange
from tenants.accounts.models import User
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date

LONGEST_LABEL = 120


@transaction.atomic
def rename_account(*, account: Account, number: str, label: str, user: User | None) -> Account:
    """Give an account another number or label from today on; entries and balances stay what they are.

    The number must be of a class of the plan comptable général that fits the nature of the account.
    Raises NumberInvalid, NumberTaken, LabelMissing.
    """
    number, label = number.strip(), label.strip()
    classes = CLASSES[account.kind]
    if not re.fullmatch(NUMBER_FORM, number) or number[0] not in classes:
        raise NumberInvalid(classes=" / ".join(classes))
    if not label or len(label) > LONGEST_LABEL:
        raise LabelMissing()
    row = Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    shown = row.title
    if (row.number, shown) == (number, label):
        return row
    change = AccountChange(
        account=row,
        old_number=row.number,
        new_number=number,
        old_label=shown,
        new_label=label,
        changed_on=legal_date(current_tenant(), timezone.now()),
        changed_by=user,
    )
    row.number = number
    if label != shown:
        row.label, row.has_own_label = label, True
    try:
        with transaction.atomic():
            row.save(update_fields=["number", "label", "has_own_label"])
    except IntegrityError as error:
        raise NumberTaken(number=number) from error
    change.save(force_insert=True)
    return row


def numbers_on(on: date) -> dict[str, tuple[str, str]]:
    """Number and label of each account (by key) as they were on a legal date, for exports of past periods."""
    found = {account.code: (account.number, account.title) for account in Account.objects.all()}
    later = AccountChange.objects.filter(changed_on__gt=on).select_related("account").order_by("-id")
    for change in later:
        found[change.account.code] = (change.old_number, change.old_label)
    return found
