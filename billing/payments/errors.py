"""Refusals of payments and refunds."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class GatewayMissing(DomainError):
    """The tenant has no gateway account in use, or its kind is switched off here."""

    code = "payments.gateway_missing"
    message = _("Le paiement en ligne n’est pas encore ouvert sur cet espace.")
    status = 503


class SecretUnreadable(DomainError):
    """None of the installation's data keys opens the stored secret."""

    code = "payments.secret_unreadable"
    message = _("La clé de la passerelle ne peut plus être lue : enregistrez-la à nouveau.")
    status = 503


class GatewayUnavailable(DomainError):
    """The gateway did not answer; the payment is kept and tried again under the same key."""

    code = "payments.gateway_unavailable"
    message = _("La page de paiement ne répond pas. Rien n’est débité : réessayez dans une minute.")
    status = 503


class GatewayRefused(DomainError):
    """The gateway refused to open the payment page; staff see why."""

    code = "payments.gateway_refused"
    message = _("La page de paiement n’a pas pu être ouverte. L’équipe en est informée.")
    status = 502


class ChargeNotPayable(DomainError):
    """The charge is paid, cancelled or lapsed."""

    code = "payments.charge_not_payable"
    message = _("Cette commande n’attend plus de paiement.")


class PaymentNotFound(DomainError):
    """No such payment in this tenant."""

    code = "payments.payment_not_found"
    message = _("Ce paiement n’existe pas.")
    status = 404


class EndpointUnknown(DomainError):
    """No webhook endpoint has this address in this tenant."""

    code = "payments.endpoint_unknown"
    message = _("Cette adresse de notification n’existe pas.")
    status = 404


class SignatureInvalid(DomainError):
    """The body is not signed by the endpoint's secret, or too early or too late."""

    code = "payments.signature_invalid"
    message = _("La signature de la notification n’est pas valable.")
    status = 400


class DeliveryUnmatched(Exception):
    """The event names nothing of ours yet; it is tried again, then shown to staff."""


class NothingToRefund(DomainError):
    """All that was received is given back already, or on its way."""

    code = "payments.nothing_to_refund"
    message = _("Rien n’est plus remboursable sur ce paiement.")


class RefundTooLarge(DomainError):
    """More than what is left of the payment, pending refunds counted."""

    code = "payments.refund_too_large"
    message = _("Au plus %(left)s peuvent encore être remboursés.")
    status = 422


class RefundNotRetryable(DomainError):
    """Only a failed refund is tried again."""

    code = "payments.refund_not_retryable"
    message = _("Ce remboursement n’a pas échoué : il n’y a rien à relancer.")


class RefundAlreadyCleared(DomainError):
    """The refund made at the gateway was booked meanwhile."""

    code = "payments.refund_already_cleared"
    message = _("Ce remboursement est déjà rattaché.")


class SplitNotWhole(DomainError):
    """The pieces of a refund made at the gateway sum to what it gave back, none of them empty."""

    code = "payments.split_not_whole"
    message = _("La somme des parts doit être exactement %(amount)s.")
    status = 422


class PaymentDisputed(DomainError):
    """The buyer's bank has taken the money and not decided yet."""

    code = "payments.payment_disputed"
    message = _(
        "La banque du client a repris ce paiement et n’a pas encore tranché : "
        "attendez sa décision avant de rembourser."
    )


class PaymentUnderWay(DomainError):
    """The buyer signed a direct debit; the bank has not answered."""

    code = "payments.payment_under_way"
    message = _("Un prélèvement est déjà en cours pour cette commande : la banque n’a pas encore répondu.")


class DisputeNotDecidable(DomainError):
    """Only a lost dispute that nobody decided has a bearer to choose."""

    code = "payments.dispute_not_decidable"
    message = _("Cette contestation n’attend pas de décision.")


class BearerNotPossible(DomainError):
    """Nobody else than the operator can bear this here."""

    code = "payments.bearer_not_possible"
    message = _("Seul l’opérateur peut supporter ce montant.")
    status = 422


class HeldPartsRemain(DomainError):
    """A seller cannot owe for parts that were never released to it."""

    code = "payments.held_parts_remain"
    message = _(
        "Des prestations payées ne sont pas validées : annulez-les d’abord, "
        "le prestataire ne peut devoir que ce qu’il a reçu."
    )


class NoteMissing(DomainError):
    """A row is put away with a reason, or not at all."""

    code = "payments.note_missing"
    message = _("Écrivez pourquoi il n’y a rien à faire : la note reste avec la ligne.")
    status = 422
