"""Legal wordings: the dated rows that a new tenant starts with, and the choice by date of issue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from billing.invoicing.errors import WordingMissing
from billing.invoicing.models import LegalWording, WordingKey

_EVER = date(2014, 1, 1)
_FIRST_MANDATE = date(2026, 1, 1)
# VAT law moved from the CGI to the CIBS on this day; old references are tolerated for a time.
_CIBS = date(2026, 9, 1)
_LAST_OF_CGI = date(2026, 8, 31)

_MANDATE_TEXT = """\
Le prestataire donne mandat à l’opérateur de l’espace, qui l’accepte, d’émettre en son nom et pour son \
compte les factures des prestations vendues par l’espace et validées par le client.
Le prestataire reste seul responsable de ses obligations en matière de facturation et de TVA : il verse la \
taxe mentionnée sur les factures émises en son nom, signale sans délai tout changement de son identité ou de \
son régime de TVA, et réclame sa facture si elle ne lui est pas parvenue.
Chaque facture est mise à sa disposition dès son émission. Il dispose de quinze jours pour la contester ; \
une contestation fondée donne lieu à un avoir ou à une facture rectificative.
Les numéros forment une suite propre à ce mandat, sans rupture. Chacune des parties peut mettre fin au \
mandat à tout moment par écrit ; les factures déjà émises restent valables."""

_PLACE_OUTSIDE_TEXT = (
    "Prestation située hors de l’Union européenne, TVA française non applicable "
    "(directive 2006/112/CE, art. 44)"
)
_LATE_PENALTY_TEXT = (
    "En cas de retard de paiement : pénalités au taux de trois fois l’intérêt légal, exigibles sans "
    "rappel (code de commerce, art. L. 441-10)."
)
_ON_BEHALF_TEXT = (
    "Facture établie par %(issuer)s au nom et pour le compte de %(seller)s, en vertu du mandat de "
    "facturation du %(accepted_on)s."
)

SEEDS: tuple[tuple[str, date, date | None, str], ...] = (
    (WordingKey.FRANCHISE, _EVER, _LAST_OF_CGI, "TVA non applicable, art. 293 B du CGI"),
    (WordingKey.FRANCHISE, _CIBS, None, "TVA non applicable, art. L. 223-1 et suivants du CIBS"),
    (WordingKey.EXEMPT, _EVER, None, "Exonération de TVA"),
    (WordingKey.DISBURSEMENT, _EVER, None, "Débours, hors base de TVA (directive 2006/112/CE, art. 79, c)"),
    (
        WordingKey.REVERSE_CHARGE,
        _EVER,
        None,
        "Autoliquidation par le preneur (directive 2006/112/CE, art. 196)",
    ),
    (
        WordingKey.PLACE_OUTSIDE,
        _EVER,
        None,
        _PLACE_OUTSIDE_TEXT,
    ),
    (WordingKey.TERRITORY, _EVER, _LAST_OF_CGI, "TVA non applicable en Guyane et à Mayotte, art. 294 du CGI"),
    (WordingKey.TERRITORY, _CIBS, None, "TVA non applicable en Guyane et à Mayotte"),
    (WordingKey.EARLY_PAYMENT, _EVER, None, "Pas d’escompte pour paiement anticipé."),
    (
        WordingKey.LATE_PENALTY,
        _EVER,
        None,
        _LATE_PENALTY_TEXT,
    ),
    (
        WordingKey.RECOVERY_FEE,
        _EVER,
        None,
        "Indemnité forfaitaire pour frais de recouvrement : 40 € (code de commerce, art. D. 441-5).",
    ),
    (
        WordingKey.ON_BEHALF,
        _EVER,
        None,
        _ON_BEHALF_TEXT,
    ),
    (WordingKey.MANDATE, _FIRST_MANDATE, None, _MANDATE_TEXT),
    (
        WordingKey.FICTITIOUS,
        _EVER,
        None,
        "Document de démonstration : parties, prestation et montants fictifs, sans valeur comptable.",
    ),
)


@dataclass(frozen=True)
class Wording:
    """A sentence as it is printed, with the row it comes from."""

    key: str
    valid_from: date
    text: str

    def as_json(self) -> dict[str, str]:
        """The form kept in a snapshot."""
        return {"key": self.key, "valid_from": self.valid_from.isoformat(), "text": self.text}


class Wordings:
    """The wordings in force on one date, read by one query."""

    def __init__(self, on: date) -> None:
        self.on = on
        self._rows = {row.key: row for row in LegalWording.objects.valid_on(on)}

    def say(self, key: str, **params: Any) -> Wording:
        """The sentence of a key, with its parameters filled in. Raises WordingMissing."""
        row = self._rows.get(key)
        if row is None:
            raise WordingMissing(key=key, on=self.on.isoformat())
        return Wording(row.key, row.valid_from, row.text % params if params else row.text)


def mandate_wording(on: date) -> LegalWording:
    """The text of the mandate that sellers accept on this date. Raises WordingMissing."""
    row = LegalWording.objects.valid_on(on).filter(key=WordingKey.MANDATE).first()
    if row is None:
        raise WordingMissing(key=WordingKey.MANDATE, on=on.isoformat())
    return row
