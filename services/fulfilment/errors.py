"""What fulfilment refuses, each with a stable code and a sentence for people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class NothingAttached(DomainError):
    """A delivery holds a file or a link."""

    code = "fulfilment.nothing_attached"
    message = _("Joignez un fichier ou un lien avant de livrer.")
    status = 422


class TooManyFiles(DomainError):
    """More deliverables than one delivery takes."""

    code = "fulfilment.too_many_files"
    message = _("Une livraison contient au plus %(most)s livrables. Réunissez-les dans une archive zip.")
    status = 422


class DeliverableGone(DomainError):
    """It was taken off in another tab, or is delivered already."""

    code = "fulfilment.deliverable_gone"
    message = _("Ce livrable n’est plus en préparation.")
    status = 404


class NotBeingWorkedOn(DomainError):
    """Deliverables are attached while a milestone is in progress or to be corrected."""

    code = "fulfilment.not_being_worked_on"
    message = _("Aucune étape n’est en cours sur cette prestation.")


class NoRoundsLeft(DomainError):
    """All requests for changes of the offer are used."""

    code = "fulfilment.no_rounds_left"
    message = _("Les %(rounds)s demandes de corrections comprises sont utilisées. Écrivez au prestataire.")


class OtherMilestone(DomainError):
    """A program names a milestone, and it is another one's turn."""

    code = "fulfilment.other_milestone"
    message = _("L’étape à valider est maintenant « %(label)s ».")


class MessageEmpty(DomainError):
    """A message says something."""

    code = "fulfilment.message_empty"
    message = _("Écrivez votre message.")
    status = 422


class MessagesClosed(DomainError):
    """Nothing is written about a line that was not paid."""

    code = "fulfilment.messages_closed"
    message = _("Les messages s’ouvrent quand la commande est payée.")


class ProviderNotActive(DomainError):
    """Work goes to providers whose role is active."""

    code = "fulfilment.provider_not_active"
    message = _("%(provider)s ne reçoit pas de commandes actuellement. Choisissez un autre prestataire.")
    status = 422
