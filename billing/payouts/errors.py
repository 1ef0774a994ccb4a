"""Refusals of payouts."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class ReleaseNotFound(DomainError):
    """No item has this key, or no part of it that key."""

    code = "payouts.release_not_found"
    message = _("Cette étape n'existe pas.")
    status = 404


class PayoutNotFound(DomainError):
    """No payout has this public id, or it is not yours to see."""

    code = "payouts.payout_not_found"
    message = _("Ce versement n'existe pas.")
    status = 404


class AccountMustHaveEmail(DomainError):
    """The gateway writes to the payee: without an address no account can be opened."""

    code = "payouts.account_needs_email"
    message = _("Indiquez une adresse électronique pour ouvrir le compte de versement.")
    status = 422
