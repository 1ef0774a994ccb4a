"""What the identities refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class IdentifierInvalid(DomainError):
    """A SIREN or SIRET that cannot exist."""

    code = "parties.identifier_invalid"
    message = _("Indiquez un SIREN à 9 chiffres ou un SIRET à 14 chiffres, sans erreur de frappe.")
    status = 422


class DemonstrationIdentifier(DomainError):
    """A number of the demonstration block in a real tenant."""

    code = "parties.demonstration_identifier"
    message = _("Ce numéro est réservé à la démonstration. Indiquez le numéro réel de l’entreprise.")
    status = 422


class AlreadyRegistered(DomainError):
    """Somebody registered this establishment before."""

    code = "parties.already_registered"
    message = _("Cet établissement est déjà inscrit. Demandez à %(name)s de vous ajouter à ses membres.")


class LastOwner(DomainError):
    """A party keeps at least one owner."""

    code = "parties.last_owner"
    message = _("Une structure garde au moins un responsable. Nommez-en un autre d’abord.")


class NotAMember(DomainError):
    """The person does not act for this party."""

    code = "parties.not_a_member"
    message = _("Cette personne n’agit pas pour cette structure.")
    status = 404
