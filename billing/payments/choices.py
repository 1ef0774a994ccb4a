"""Closed lists of payments that several tables share."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class GatewayKind(models.TextChoices):
    """Providers that we can speak to."""

    SANDBOX = "sandbox", _("Bac à sable")


class PaymentMethod(models.TextChoices):
    """How the buyer pays."""

    CARD = "card", _("Carte bancaire")
    SEPA_DEBIT = "sepa_debit", _("Prélèvement SEPA")
    BANK_TRANSFER = "bank_transfer", _("Virement")
    VOUCHER = "voucher", _("Chèque")


class Bearer(models.TextChoices):
    """Who bears a refund."""

    PROVIDER = "provider", _("Prestataire")
    OPERATOR = "operator", _("Opérateur")
    FUNDER = "funder", _("Financeur")


class RefundOrigin(models.TextChoices):
    """Who asked the gateway to give money back."""

    HOUSE = "house", _("Demandé ici")
    GATEWAY = "gateway", _("Fait à la passerelle")
    BANK = "bank", _("Repris par la banque")
