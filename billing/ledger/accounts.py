"""The chart of accounts of a French operator: the codes that the house posts to, each chosen with a reason.

The numbers follow the plan de comptes of the plan comptable général (règlement ANC 2014-03, art. 911-5 and
932-1, and the working of each account in art. 940 and following), with the names of 2025 (ANC 2022-06);
`pcg` is the account of that list which ours subdivides. A tenant maps each to the number that its accountant
uses.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class AccountCode(models.TextChoices):
    """Keys of the accounts that billing posts to, with their names on screen; stable whatever the mapping."""

    GATEWAY = "517000", _("À la passerelle de paiement")
    BANK = "512000", _("À la banque")
    HELD = "467100", _("Fonds réservés pour les commandes")
    OWED_TO_PROVIDERS = "467200", _("Dû aux prestataires")
    OWED_BY_FUNDERS = "467300", _("Dû par les financeurs")
    FUNDER_ADVANCES = "467350", _("À rendre aux financeurs")
    DISPUTED = "467400", _("Contesté auprès de la banque")
    REFUNDS_DUE = "467900", _("Remboursements à verser")
    SUSPENSE = "471000", _("Reçu sans origine connue")
    OWN_SALES = "706000", _("Prestations vendues par l’espace")
    COMMISSIONS = "706100", _("Commissions")
    OUTPUT_VAT = "445710", _("TVA collectée")
    GATEWAY_FEES = "627800", _("Frais de la passerelle")
    DEBTS_LOST = "654000", _("Créances non recouvrées")
    REFUNDS_BORNE = "658100", _("Remboursements à la charge de l’espace")


class AccountKind(models.TextChoices):
    """Nature of an account; it says on which side its balance normally stands."""

    ASSET = "asset", _("Actif")
    LIABILITY = "liability", _("Passif")
    INCOME = "income", _("Produit")
    EXPENSE = "expense", _("Charge")


CLASSES: dict[str, str] = {
    AccountKind.ASSET: "45",
    AccountKind.LIABILITY: "45",
    AccountKind.INCOME: "7",
    AccountKind.EXPENSE: "6",
}
"""Classes of the plan comptable général in which an account of each kind may be numbered here."""


@dataclass(frozen=True)
class AccountSeed:
    """One account that every tenant starts with."""

    code: AccountCode
    kind: AccountKind
    pcg: str
    """Account of the plan comptable général that this one subdivides."""
    reason: Promise
    by_party: bool = False
    """Whether each posting must name the party that it concerns."""
    own_number: str = ""
    """Number that it starts with where its key is not it: keys stay when the official list changes."""

    @property
    def number(self) -> str:
        """Number with which a tenant starts."""
        return self.own_number or str(self.code)


CHART: tuple[AccountSeed, ...] = (
    AccountSeed(
        AccountCode.GATEWAY,
        AccountKind.ASSET,
        "517",
        _("Autres organismes financiers : un établissement de paiement n’est pas la banque de l’espace."),
    ),
    AccountSeed(AccountCode.BANK, AccountKind.ASSET, "512", _("Banques : le compte bancaire de l’espace.")),
    AccountSeed(
        AccountCode.HELD,
        AccountKind.LIABILITY,
        "467",
        _("Autres comptes débiteurs ou créditeurs : argent de tiers, qui n’est pas un produit de l’espace."),
    ),
    AccountSeed(
        AccountCode.OWED_TO_PROVIDERS,
        AccountKind.LIABILITY,
        "467",
        _("Autres comptes débiteurs ou créditeurs : le prix revient au vendeur, l’espace n’a rien acheté."),
        by_party=True,
    ),
    AccountSeed(
        AccountCode.OWED_BY_FUNDERS,
        AccountKind.ASSET,
        "467",
        _(
            "Autres comptes débiteurs ou créditeurs : le financeur paie pour un tiers ; "
            "ce n’est pas une subvention de l’espace (441)."
        ),
        by_party=True,
    ),
    AccountSeed(
        AccountCode.FUNDER_ADVANCES,
        AccountKind.LIABILITY,
        "467",
        _("Autres comptes débiteurs ou créditeurs : versé par un financeur et non employé."),
        by_party=True,
    ),
    AccountSeed(
        AccountCode.DISPUTED,
        AccountKind.ASSET,
        "467",
        _("Autres comptes débiteurs ou créditeurs : repris par la banque tant qu’elle n’a pas tranché."),
    ),
    AccountSeed(
        AccountCode.REFUNDS_DUE,
        AccountKind.LIABILITY,
        "467",
        _("Autres comptes débiteurs ou créditeurs : argent de tiers à rendre aux clients."),
    ),
    AccountSeed(
        AccountCode.SUSPENSE,
        AccountKind.LIABILITY,
        "471",
        _("Comptes d’attente : reçu sans être rattaché ; à solder dès que l’origine est connue."),
    ),
    AccountSeed(
        AccountCode.OWN_SALES,
        AccountKind.INCOME,
        "706",
        _("Prestations de services : ce que l’espace vend lui-même."),
    ),
    AccountSeed(
        AccountCode.COMMISSIONS,
        AccountKind.INCOME,
        "706",
        _("Prestations de services : l’intermédiation est l’activité même de l’espace (7082 : accessoire)."),
    ),
    AccountSeed(
        AccountCode.OUTPUT_VAT,
        AccountKind.LIABILITY,
        "4457",
        _("Taxes sur le chiffre d’affaires collectées par l’entreprise."),
    ),
    AccountSeed(
        AccountCode.GATEWAY_FEES,
        AccountKind.EXPENSE,
        "627",
        _("Services bancaires et assimilés (6278, autres frais et commissions)."),
    ),
    AccountSeed(
        AccountCode.DEBTS_LOST,
        AccountKind.EXPENSE,
        "654",
        _(
            "Pertes sur créances irrécouvrables : ce qu’un prestataire ne rendra pas, "
            "ou ce qu’un financeur a refusé."
        ),
    ),
    AccountSeed(
        AccountCode.REFUNDS_BORNE,
        AccountKind.EXPENSE,
        "658",
        _("Pénalités et autres charges : geste de l’espace, la vente du prestataire reste entière."),
        # Since 2025 (règlement ANC 2022-06) 6581 is for penalties on contracts and 6588 for trusts.
        own_number="658000",
    ),
)

CREDIT_KINDS: frozenset[str] = frozenset({AccountKind.LIABILITY, AccountKind.INCOME})
"""Kinds whose balance is shown as credit minus debit, so that a usual balance reads as positive."""


def seed_of(code: str) -> AccountSeed | None:
    """The seed of an account by its key; None for an account that the tenant added."""
    return next((seed for seed in CHART if seed.code == code), None)
