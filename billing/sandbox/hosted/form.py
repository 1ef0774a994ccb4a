"""Reading of the forms of card and bank account: each field checked, each error a key of the words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from billing.sandbox.accounts import BY_IBAN, TEST_ACCOUNTS, BankAccountOutcome, passes_mod_97
from billing.sandbox.cards import BY_NUMBER, TEST_CARDS, CardOutcome, passes_luhn

if TYPE_CHECKING:
    from datetime import date

    from django.http import QueryDict


@dataclass
class CardForm:
    """The four fields as typed, and what is wrong with them."""

    number: str
    expiry: str
    cvc: str
    name: str
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def prefilled(cls, card_name: str, today: date) -> CardForm:
        """The form filled with a test card; the first one when the name is unknown."""
        card = next((card for card in TEST_CARDS if card.name == card_name), TEST_CARDS[0])
        return cls(card.spaced, f"12 / {(today.year + 3) % 100:02d}", "123", "Camille Essai")

    @classmethod
    def posted(cls, data: QueryDict, today: date) -> CardForm:
        """The form as sent, with its errors."""
        typed = {name: str(data.get(name, "")).strip()[:60] for name in ("number", "expiry", "cvc", "name")}
        form = cls(typed["number"], typed["expiry"], typed["cvc"], typed["name"])
        form.check(today)
        return form

    @property
    def digits(self) -> str:
        return re.sub(r"[\s-]", "", self.number)

    @property
    def card(self) -> CardOutcome | None:
        """The test card of this number, if it is one."""
        return BY_NUMBER.get(self.digits)

    def check(self, today: date) -> None:
        """Fill ``errors`` with one key of the words per faulty field, in the order of the page."""
        if not re.fullmatch(r"\d{16}", self.digits) or not passes_luhn(self.digits):
            self.errors["number"] = "number_invalid"
        elif self.card is None:
            self.errors["number"] = "number_real"
        month_year = re.fullmatch(r"(0[1-9]|1[0-2])\s*/?\s*(?:20)?(\d\d)", self.expiry)
        if month_year is None:
            self.errors["expiry"] = "expiry_invalid"
        elif (2000 + int(month_year[2]), int(month_year[1])) < (today.year, today.month):
            self.errors["expiry"] = "expiry_past"
        if not re.fullmatch(r"\d{3}", self.cvc):
            self.errors["cvc"] = "cvc_invalid"
        if not self.name:
            self.errors["name"] = "name_invalid"


@dataclass
class DebitForm:
    """The two fields of a direct debit as typed, and what is wrong with them."""

    iban: str
    holder: str
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def prefilled(cls, account_name: str) -> DebitForm:
        """The form filled with a test account; the first one when the name is unknown."""
        found = next((each for each in TEST_ACCOUNTS if each.name == account_name), TEST_ACCOUNTS[0])
        return cls(found.spaced, "Camille Essai")

    @classmethod
    def posted(cls, data: QueryDict) -> DebitForm:
        """The form as sent, with its errors."""
        form = cls(str(data.get("iban", "")).strip()[:60], str(data.get("holder", "")).strip()[:60])
        if not passes_mod_97(form.signs):
            form.errors["iban"] = "iban_invalid"
        elif form.bank_account is None:
            form.errors["iban"] = "iban_real"
        if not form.holder:
            form.errors["holder"] = "holder_invalid"
        return form

    @property
    def signs(self) -> str:
        return re.sub(r"[\s-]", "", self.iban).upper()

    @property
    def bank_account(self) -> BankAccountOutcome | None:
        """The test account of this IBAN, if it is one."""
        return BY_IBAN.get(self.signs)
