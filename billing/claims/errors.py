"""What claims refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class NothingToClaim(DomainError):
    """No approved part and no return is open up to that day."""

    code = "claims.nothing_to_claim"
    message = _("Rien n’est à demander pour ce dispositif jusqu’à cette date.")
    status = 422


class ClaimPeriodWrong(DomainError):
    """A claim ends on a day that is over or is today."""

    code = "claims.period_wrong"
    message = _("Choisissez un dernier jour qui n’est pas à venir.")
    status = 422


class ClaimChanged(DomainError):
    """Parts or returns have changed since the draft was drawn up."""

    code = "claims.changed"
    message = _("Des lignes ont changé depuis la préparation. Vérifiez la demande, puis déposez-la.")


class ClaimOverpaid(DomainError):
    """More than is left of the claim."""

    code = "claims.overpaid"
    message = _("Il ne reste que %(left)s à enregistrer sur cette demande.")
    status = 422


class PaymentDayWrong(DomainError):
    """Money for a claim arrives after it was submitted, and not in the future."""

    code = "claims.payment_day_wrong"
    message = _("Choisissez un jour entre le dépôt de la demande et aujourd’hui.")
    status = 422


class PaymentKnown(DomainError):
    """The same reference of the bank is noted on this claim already."""

    code = "claims.payment_known"
    message = _("Un paiement avec cette référence est déjà enregistré sur cette demande.")


class PaymentAlreadyCorrected(DomainError):
    """Somebody else has corrected this payment."""

    code = "claims.payment_already_corrected"
    message = _("Ce paiement est déjà annulé.")


class CorrectionUnexplained(DomainError):
    """A payment is corrected with a reason: it stays in the books with it."""

    code = "claims.correction_unexplained"
    message = _("Indiquez pourquoi ce paiement est annulé.")
    status = 422


class ReasonMissing(DomainError):
    """A submitted claim is withdrawn with a reason: the funder has it in hand."""

    code = "claims.reason_missing"
    message = _("Indiquez la raison du retrait.")
    status = 422


class NotAllOfTheRest(DomainError):
    """Refusals of lines make exactly what is left of the claim: paid and refused are then what was asked."""

    code = "claims.not_all_of_the_rest"
    message = _("Les montants refusés font %(told)s : ils doivent faire %(left)s, le reste de la demande.")
    status = 422


class RefusedLineTooLarge(DomainError):
    """More is refused of a line than it asks, or it asks nothing."""

    code = "claims.refused_line_too_large"
    message = _("Ligne %(line)s : indiquez au plus ce qu’elle demande.")
    status = 422


class ReturnedMeanwhile(DomainError):
    """Some of the aid was given back: lost whole, what nobody paid would be given back to the funder."""

    code = "claims.returned_meanwhile"
    message = _(
        "Ligne %(line)s : une partie de cette aide a été rendue, %(most)s au plus se passent en perte. "
        "Demandez la ligne de nouveau : la demande suivante déduira ce qui a été rendu."
    )


class RefusalUnexplained(DomainError):
    """A refusal, and taking it back, stay in the books with their reason."""

    code = "claims.refusal_unexplained"
    message = _("Indiquez la raison.")
    status = 422


class RefusalAlreadyUndone(DomainError):
    """Somebody else has taken this refusal back."""

    code = "claims.refusal_already_undone"
    message = _("Ce refus est déjà annulé.")


class RefusalFixed(DomainError):
    """A later claim or a return of aid builds on this refusal."""

    code = "claims.refusal_fixed"
    message = _("Ce refus ne s’annule plus : une demande déposée depuis ou une aide rendue en tient compte.")
