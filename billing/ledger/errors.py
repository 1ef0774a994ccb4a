"""Refusals of the ledger."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class EntryUnbalanced(DomainError):
    """The postings of an entry do not sum to zero, or are fewer than two."""

    code = "ledger.entry_unbalanced"
    message = _("L'écriture %(source)s n'est pas équilibrée.")


class SourceConflict(DomainError):
    """The source is already told, with other postings."""

    code = "ledger.source_conflict"
    message = _("L'écriture %(source)s existe déjà avec d'autres montants.")


class AccountUnknown(DomainError):
    """No such account in the tenant's chart."""

    code = "ledger.account_unknown"
    message = _("Le compte %(code)s n'existe pas.")


class PartyMissing(DomainError):
    """An account that is kept by party was posted to without one."""

    code = "ledger.party_missing"
    message = _("Le compte %(code)s demande une personne.")
