"""The chart of accounts of a French operator, as codes that the rest of the house names."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class AccountCode(models.TextChoices):
    """Codes of the accounts that billing posts to, with their names on screen."""

    GATEWAY = "517000", _("À la passerelle de paiement")
    BANK = "512000", _("À la banque")
    HELD = "467100", _("Fonds réservés pour les commandes")
    OWED_TO_PROVIDERS = "467200", _("Dû aux prestataires")
    OWED_BY_FUNDERS = "467300", _("Dû par les financeurs")
    REFUNDS_DUE = "467900", _("Remboursements à verser")
    OWN_SALES = "706000", _("Prestations vendues par l'espace")
    COMMISSIONS = "706100", _("Commissions")
    OUTPUT_VAT = "445710", _("TVA collectée")
    GATEWAY_FEES = "627800", _("Frais de la passerelle")


class AccountKind(models.TextChoices):
    """Nature of an account; it says on which side its balance normally stands."""

    ASSET = "asset", _("Actif")
    LIABILITY = "liability", _("Passif")
    INCOME = "income", _("Produit")
    EXPENSE = "expense", _("Charge")


@dataclass(frozen=True)
class AccountSeed:
    """One account that every tenant starts with."""

    code: AccountCode
    kind: AccountKind
    by_party: bool = False
    """Whether each posting must name the party that it concerns."""


CHART: tuple[AccountSeed, ...] = (
    AccountSeed(AccountCode.GATEWAY, AccountKind.ASSET),
    AccountSeed(AccountCode.BANK, AccountKind.ASSET),
    AccountSeed(AccountCode.HELD, AccountKind.LIABILITY),
    AccountSeed(AccountCode.OWED_TO_PROVIDERS, AccountKind.LIABILITY, by_party=True),
    AccountSeed(AccountCode.OWED_BY_FUNDERS, AccountKind.ASSET, by_party=True),
    AccountSeed(AccountCode.REFUNDS_DUE, AccountKind.LIABILITY),
    AccountSeed(AccountCode.OWN_SALES, AccountKind.INCOME),
    AccountSeed(AccountCode.COMMISSIONS, AccountKind.INCOME),
    AccountSeed(AccountCode.OUTPUT_VAT, AccountKind.LIABILITY),
    AccountSeed(AccountCode.GATEWAY_FEES, AccountKind.EXPENSE),
)

CREDIT_KINDS: frozenset[str] = frozenset({AccountKind.LIABILITY, AccountKind.INCOME})
"""Kinds whose balance is shown as credit minus debit, so that a usual balance reads as positive."""
