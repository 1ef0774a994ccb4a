"""Refusals of charges, pricing and VAT."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class ChargeNotFound(DomainError):
    """No charge has this reference."""

    code = "charges.charge_not_found"
    message = _("Cette somme due n’existe pas.")
    status = 404


class ReferenceTaken(DomainError):
    """A charge with this reference, or an item with one of its keys, is open already."""

    code = "charges.reference_taken"
    message = _("La référence %(reference)s est déjà utilisée.")


class NothingToCharge(DomainError):
    """A charge needs items, and each item lines, releases and an amount."""

    code = "charges.nothing_to_charge"
    message = _("Rien n’est à payer pour « %(description)s ».")
    status = 422


class ReleaseTooSmall(DomainError):
    """A part of an item would be worth less than one cent."""

    code = "charges.release_too_small"
    message = _("L’étape « %(label)s » vaudrait moins d’un centime.")
    status = 422


class LineInvalid(DomainError):
    """Quantity not above zero, price below zero, or more decimals than are kept."""

    code = "charges.line_invalid"
    message = _("La ligne « %(description)s » a une quantité ou un prix impossible.")
    status = 422


class SellerIsBuyer(DomainError):
    """A party cannot owe itself."""

    code = "charges.seller_is_buyer"
    message = _("Une structure ne peut pas acheter ses propres prestations.")


class VatRegimeUnknown(DomainError):
    """The seller has no VAT regime on the date: nothing may be sold until it says which."""

    code = "charges.vat_regime_unknown"
    message = _("Le régime de TVA de %(seller)s n’est pas renseigné à cette date.")


class VatRateUnknown(DomainError):
    """No dated rate for the territory and kind."""

    code = "charges.vat_rate_unknown"
    message = _("Aucun taux de TVA « %(kind)s » n’est connu pour le territoire %(territory)s à cette date.")


class RefundAmountMismatch(DomainError):
    """The amount is not what the parts to be given back are worth."""

    code = "charges.refund_amount_mismatch"
    message = _("Le montant à rembourser ne correspond pas aux étapes encore réservées.")


class NothingToRefund(DomainError):
    """Nothing of the item is held any more."""

    code = "charges.nothing_to_refund"
    message = _("Rien n’est plus remboursable pour cette prestation.")


class ChargeNotPaid(DomainError):
    """Money can only be released or refunded once it was received."""

    code = "charges.not_paid"
    message = _("Cette commande n’est pas payée.")


class BalanceOpen(ChargeNotPaid):
    """A deposit was paid, the balance was not: nothing is released before."""

    code = "charges.balance_open"
    message = _("Le solde de cette commande n’est pas payé : il se paie avant la validation.")


class InstalmentsDiffer(DomainError):
    """Instalments begin at the opening, sum to what is to pay, and each can be taken by a gateway."""

    code = "charges.instalments_differ"
    message = _("Les échéances ne correspondent pas au montant à payer, ou l’une est sous 0,50 €.")
    status = 422


class ItemNotUntouched(DomainError):
    """A part of the item was released or given back: its seller stays."""

    code = "charges.item_not_untouched"
    message = _(
        "Une partie de cette prestation est déjà validée ou remboursée : elle ne change plus de prestataire."
    )


class SellerUnchanged(DomainError):
    """The item is sold by this very seller."""

    code = "charges.seller_unchanged"
    message = _("%(seller)s réalise déjà cette prestation. Choisissez un autre prestataire.")
    status = 422


class AmendmentChangesPrice(DomainError):
    """The VAT of the new seller would change what the buyer has paid."""

    code = "charges.amendment_changes_price"
    message = _(
        "La TVA de %(seller)s ferait un autre prix (%(price)s au lieu de %(paid)s payés). "
        "Choisissez un autre prestataire, ou remboursez le client."
    )
    status = 422
