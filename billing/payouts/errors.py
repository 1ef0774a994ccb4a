"""Refusals of payouts."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class ReleaseNotFound(DomainError):
    """No item has this key, or no part of it that key."""

    code = "payouts.release_not_found"
    message = _("Cette étape n’existe pas.")
    status = 404


class PayoutNotFound(DomainError):
    """No payout has this public id, or it is not yours to see."""

    code = "payouts.payout_not_found"
    message = _("Ce versement n’existe pas.")
    status = 404


class AccountMustHaveEmail(DomainError):
    """The gateway writes to the payee: without an address no account can be opened."""

    code = "payouts.account_needs_email"
    message = _("Indiquez une adresse électronique pour ouvrir le compte de versement.")
    status = 422


class BearerNotPossible(DomainError):
    """This bearer cannot bear this refund."""

    code = "payouts.bearer_not_possible"
    message = _("Ce remboursement ne peut pas être à la charge choisie.")
    status = 422


class ReasonMissing(DomainError):
    """A refund, a repayment and a loss say why."""

    code = "payouts.reason_missing"
    message = _("Indiquez la raison.")
    status = 422


class CofundedRefundUnavailable(DomainError):
    """A part paid by a funder cannot be refunded while nobody can give its share back."""

    code = "payouts.cofunded_refund_unavailable"
    message = _("Cette prestation est en partie financée : elle ne se rembourse pas encore ici.")


class SplitTooLarge(DomainError):
    """More than what is left of the item, or less than nothing."""

    code = "payouts.split_too_large"
    message = _("Le montant rendu dépasse ce qui reste de la prestation.")
    status = 422


class ShareTooLarge(DomainError):
    """A share of a found refund is more than what is left to give back of its part, or of no part."""

    code = "payouts.share_too_large"
    message = _("Cette prestation n’a plus autant à rendre : %(name)s.")
    status = 422


class PaymentCannotReturn(DomainError):
    """No payment of the charge still holds enough to give back."""

    code = "payouts.payment_cannot_return"
    message = _("Les paiements de cette commande sont déjà rendus : remboursez par virement.")


class DebtAmountWrong(DomainError):
    """More than is owed, or nothing."""

    code = "payouts.debt_amount_wrong"
    message = _("Indiquez un montant entre 0,01 € et ce qui reste dû.")
    status = 422


class HoldOutOfBounds(DomainError):
    """A number of days outside the platform's bounds."""

    code = "payouts.hold_out_of_bounds"
    message = _("Indiquez un nombre de jours ouvrés entre %(least)s et %(most)s.")
    status = 422


class StatementPeriodWrong(DomainError):
    """A statement is of at most a year, and of days that are over or running."""

    code = "payouts.statement_period_wrong"
    message = _("Indiquez une période d’un an au plus, qui ne dépasse pas aujourd’hui.")
    status = 422


class TransferUnreferenced(DomainError):
    """A transfer made at the bank is noted with what the statement says of it."""

    code = "payouts.transfer_unreferenced"
    message = _("Indiquez la référence du virement, telle qu’elle figure sur le relevé.")
    status = 422


class NotACreditTransfer(DomainError):
    """The money of this leg lies at the gateway, which sends it."""

    code = "payouts.not_a_credit_transfer"
    message = _("Ce versement part de la passerelle, sans virement de la banque.")
