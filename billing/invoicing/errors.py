"""Why an invoice is not issued, in words that say what to do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class IssueRefused(DomainError):
    """Parent of all reasons for which no invoice is issued; none of them burns a number."""

    code = "invoicing.refused"
    message = _("La facture ne peut pas être émise.")
    status = 422


class NotReleased(IssueRefused):
    """Only an approved part is invoiced."""

    code = "invoicing.not_released"
    message = _("Cette étape n’est pas validée : elle ne peut pas encore être facturée.")


class VatToConfirm(IssueRefused):
    """VAT is another at the tax point than at the order: finance staff confirm before anything is issued."""

    code = "invoicing.vat_to_confirm"
    message = _("La TVA a changé depuis la commande : confirmez-la d’abord, dans « TVA à confirmer ».")


class OriginalMissing(IssueRefused):
    """A credit note names the invoice that it corrects: without one there is nothing to correct."""

    code = "invoicing.original_missing"
    message = _("La facture à corriger n’est pas encore émise : débloquez-la, puis demandez l’avoir.")


class MandateMissing(IssueRefused):
    """The seller has not asked the tenant to issue invoices in its name."""

    code = "invoicing.mandate_missing"
    message = _("%(seller)s n’a pas encore accepté le mandat de facturation.")


class OperatorMissing(IssueRefused):
    """The tenant has no legal identity yet."""

    code = "invoicing.operator_missing"
    message = _("L’identité légale de l’espace n’est pas encore renseignée.")


class IdentityIncomplete(IssueRefused):
    """A party lacks what every invoice must say of it."""

    code = "invoicing.identity_incomplete"
    message = _("Complétez l’identité de %(party)s : %(missing)s.")


class WordingMissing(IssueRefused):
    """No legal wording of this kind is in force on the date of issue."""

    code = "invoicing.wording_missing"
    message = _("Aucune mention légale « %(key)s » n’est en vigueur au %(on)s.")


class AmountsDisagree(IssueRefused):
    """Lines, VAT and totals do not add up: nothing is issued."""

    code = "invoicing.amounts_disagree"
    message = _("Les montants de la facture ne concordent pas (%(rule)s).")


class NumberTooLong(IssueRefused):
    """French invoices have at most 35 characters for the number."""

    code = "invoicing.number_too_long"
    message = _("Le numéro de facture dépasse 35 caractères.")
