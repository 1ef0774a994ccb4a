"""Refusals of the ledger."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class EntryUnbalanced(DomainError):
    """The postings of an entry do not sum to zero, or are fewer than two."""

    code = "ledger.entry_unbalanced"
    message = _("L’écriture %(source)s n’est pas équilibrée.")


class SourceConflict(DomainError):
    """The source is already told, with other postings."""

    code = "ledger.source_conflict"
    message = _("L’écriture %(source)s existe déjà avec d’autres montants.")


class AccountUnknown(DomainError):
    """No such account in the tenant's chart."""

    code = "ledger.account_unknown"
    message = _("Le compte %(code)s n’existe pas.")


class PartyMissing(DomainError):
    """An account that is kept by party was posted to without one."""

    code = "ledger.party_missing"
    message = _("Le compte %(code)s demande une personne.")


class AlreadyReversed(DomainError):
    """An entry is reversed once at most."""

    code = "ledger.already_reversed"
    message = _("L’écriture %(source)s est déjà contre-passée.")


class ReversalIsFinal(DomainError):
    """A reversal is not reversed in its turn."""

    code = "ledger.reversal_is_final"
    message = _("L’écriture %(source)s est une contre-passation : elle ne se contre-passe pas.")


class ReasonMissing(DomainError):
    """A correction says why."""

    code = "ledger.reason_missing"
    message = _("Indiquez la raison de la correction.")
    status = 422


class NumberInvalid(DomainError):
    """An account number of a wrong form or class."""

    code = "ledger.number_invalid"
    message = _("Indiquez un numéro de 3 à 12 chiffres qui commence par %(classes)s.")
    status = 422


class NumberTaken(DomainError):
    """Two accounts cannot have one number."""

    code = "ledger.number_taken"
    message = _("Le numéro %(number)s est déjà celui d’un autre compte.")
    status = 422


class LabelMissing(DomainError):
    """An account has a name."""

    code = "ledger.label_missing"
    message = _("Indiquez un libellé de 120 caractères au plus.")
    status = 422
