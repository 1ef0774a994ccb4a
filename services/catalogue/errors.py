"""What the catalogue refuses, each with a stable code and a sentence for people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class ServiceNotOffered(DomainError):
    """The service is not published, or its provider is not active."""

    code = "service_not_offered"
    message = _("« %(name)s » n’est plus proposé. Choisissez un autre service.")


class ServiceNotOrderable(DomainError):
    """The price is only known after an exchange: a quote or a subscription."""

    code = "service_not_orderable"
    message = _("« %(name)s » ne se commande pas au panier. Contactez le prestataire.")


class UnknownOption(DomainError):
    """An option key that the service does not have (any more)."""

    code = "unknown_option"
    message = _("L’option choisie n’existe plus pour « %(name)s ». Vérifiez vos choix.")
    status = 422


class QuantityRefused(DomainError):
    """Not a positive number, too precise, or a quantity other than one for a fixed price."""

    code = "quantity_refused"
    message = _("Indiquez une quantité entre 1 et %(maximum)s, par exemple 3.")
    status = 422


class QuantityOutOfSteps(DomainError):
    """Less than the provider sells at once, or between two of its steps."""

    code = "quantity_out_of_steps"
    message = _("« %(name)s » se commande à partir de %(minimum)s, par %(step)s.")
    status = 422


class ServiceNotWritable(DomainError):
    """Only a draft is written on; what is published changes through its next version."""

    code = "service_not_writable"
    message = _("Ce service n’est pas un brouillon. Entre-temps : %(state)s.")


class ServicePausedByOperator(DomainError):
    """A provider puts back on sale only what it has taken out of the shop itself."""

    code = "service_paused_by_operator"
    message = _("L’opérateur a suspendu « %(name)s ». Demandez-lui de le publier à nouveau.")


class RemarkRefused(DomainError):
    """A remark without words, or on something that a service does not have."""

    code = "remark_refused"
    message = _("Indiquez au moins une correction, dans le champ qu’elle concerne.")
    status = 422


class ServiceIncomplete(DomainError):
    """A service cannot be published while something that buyers need is missing."""

    code = "service_incomplete"
    message = _("Complétez « %(name)s » avant de le publier : %(missing)s.")


class ProviderNotApprovable(DomainError):
    """A provider cannot be approved while its file is incomplete."""

    code = "provider_not_approvable"
    message = _("Complétez le dossier de %(name)s avant de l’activer : %(missing)s.")


class SynonymsRefused(DomainError):
    """Fewer than two terms that say something, more than twenty, or one of more than sixty letters."""

    code = "synonyms_refused"
    message = _("Indiquez de deux à vingt mots ou expressions, de 60 caractères au plus chacun.")
    status = 422


class NothingToLookFor(DomainError):
    """No word of a wish says what is meant."""

    code = "nothing_to_look_for"
    message = _("Indiquez ce que vous cherchez, par exemple « traduction en occitan ».")
    status = 422


class TooManyWishes(DomainError):
    """Somebody has asked for many things that still wait."""

    code = "too_many_wishes"
    message = _("Vos %(count)s dernières demandes attendent encore une réponse. L’équipe les traite d’abord.")


class PictureRefused(DomainError):
    """A file that is no picture, or one that is too heavy, too large or too small."""

    code = "picture_refused"
    message = _("Cette image ne convient pas : %(why)s")
    status = 422

    @classmethod
    def unknown(cls) -> PictureRefused:
        """Named twice, or never handed in."""
        return cls(why=str(_("elle est déjà là, ou n’a pas été envoyée.")))


class TooManyPictures(DomainError):
    """A service shows a few pictures only."""

    code = "too_many_pictures"
    message = _("Un service montre %(most)s images au plus. Retirez-en une d’abord.")
    status = 422


class FileNotRead(DomainError):
    """A file of services that cannot be read as a whole."""

    code = "file_not_read"
    message = _("Ce fichier ne se lit pas : %(why)s")
    status = 422


class ImportHasErrors(DomainError):
    """Nothing is half imported."""

    code = "import_has_errors"
    message = _("Corrigez d’abord les lignes en erreur, puis envoyez le fichier à nouveau.")
