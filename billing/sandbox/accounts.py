"""The test bank accounts: which IBAN leads to which end of a direct debit, and what IBAN may be typed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BankAccountOutcome:
    """What the pretended bank does with a debit; ``name`` is also the key of the words shown."""

    name: str
    iban: str
    ends_as: str

    @property
    def spaced(self) -> str:
        """The IBAN in groups of four, as printed."""
        return " ".join(self.iban[i : i + 4] for i in range(0, len(self.iban), 4))


TEST_ACCOUNTS: tuple[BankAccountOutcome, ...] = (
    BankAccountOutcome("sepa_accepted", "FR1420041010050500013M02606", "succeeded"),
    BankAccountOutcome("sepa_refused", "FR8420041010050500013M02607", "failed"),
    BankAccountOutcome("sepa_returned", "FR5720041010050500013M02608", "returned"),
)
BY_IBAN = {account.iban: account for account in TEST_ACCOUNTS}


def passes_mod_97(iban: str) -> bool:
    """ISO 13616 check digits."""
    if not (iban.isascii() and iban.isalnum()) or len(iban) < 15:
        return False
    return int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 == 1
