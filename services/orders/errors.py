"""What orders refuse, each with a stable code and a sentence for people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class CartEmpty(DomainError):
    """Nothing is in the cart."""

    code = "orders.cart_empty"
    message = _("Votre panier est vide.")
    status = 422


class CartFull(DomainError):
    """More lines than a cart may hold."""

    code = "orders.cart_full"
    message = _("Un panier contient au plus %(most)s services. Commandez ceux-ci d’abord.")
    status = 422


class CartLineGone(DomainError):
    """The line was taken out in another tab, or belongs to another cart."""

    code = "orders.cart_line_gone"
    message = _("Ce service n’est plus dans votre panier.")
    status = 404


class PriceChanged(DomainError):
    """The total is not the one that the buyer saw."""

    code = "orders.price_changed"
    message = _("Le prix a changé : %(old)s, maintenant %(new)s. Vérifiez avant de commander.")


class AnswersMissing(DomainError):
    """A required question of a provider is not answered."""

    code = "orders.answers_missing"
    message = _("Répondez aux questions de « %(name)s » avant de commander.")
    status = 422


class TermsNotAccepted(DomainError):
    """The terms were not accepted, or have changed since they were shown."""

    code = "orders.terms_not_accepted"
    message = _("Acceptez les conditions pour commander.")
    status = 422


class TermsChanged(DomainError):
    """Other terms hold than those that were shown."""

    code = "orders.terms_changed"
    message = _("Les conditions ont changé. Lisez-les de nouveau avant de commander.")


class NotABusiness(DomainError):
    """Only a business that is active or in creation buys."""

    code = "orders.not_a_business"
    message = _("Indiquez l’entreprise pour laquelle vous commandez.")
    status = 403


class OwnService(DomainError):
    """Nobody acts on both sides of an order."""

    code = "orders.own_service"
    message = _("Vous faites partie de %(seller)s : vous ne pouvez pas lui commander une prestation.")


class BothSides(DomainError):
    """A person who acted for one side of an order does not act for the other."""

    code = "orders.both_sides"
    message = _("Vous avez déjà agi pour l’autre partie de cette commande.")
    status = 403


class LineNotFound(DomainError):
    """No line has this key in this tenant."""

    code = "orders.line_not_found"
    message = _("Cette prestation n’existe pas.")
    status = 404


class ReasonMissing(DomainError):
    """The other side is told why."""

    code = "orders.reason_missing"
    message = _("Indiquez la raison en quelques mots.")
    status = 422


class WantedAmountWrong(DomainError):
    """A dispute asks for more than what is left of the price, or for nothing."""

    code = "orders.wanted_amount_wrong"
    message = _("Indiquez un montant de 0,01 € à %(most)s, ce qui reste du prix de la prestation.")
    status = 422


class DecidedBefore(DomainError):
    """A line is disputed until it is decided, once."""

    code = "orders.decided_before"
    message = _("L’équipe a déjà tranché un litige sur cette prestation. Écrivez-lui par message.")


class FileRefused(DomainError):
    """A file that is not taken: too large, empty, of a type not allowed."""

    code = "orders.file_refused"
    message = _("« %(name)s » : %(why)s")
    status = 422


class ReviewTooEarly(DomainError):
    """Only who has approved what was delivered says what it was worth."""

    code = "orders.review_too_early"
    message = _("Vous donnerez votre avis quand la prestation sera validée.")


class ReviewNotOfThisService(DomainError):
    """Another provider did the work: it says nothing about the service that was ordered."""

    code = "orders.review_of_other_provider"
    message = _("Un autre prestataire a repris cette prestation : elle n’appelle pas d’avis.")


class ReviewGiven(DomainError):
    """One review a line."""

    code = "orders.review_given"
    message = _("Votre structure a déjà donné son avis sur cette prestation.")


class ReviewClosed(DomainError):
    """The days in which a review may be changed are over, or it is hidden."""

    code = "orders.review_closed"
    message = _("Cet avis ne se modifie plus.")


class ReviewAnswered(DomainError):
    """A provider answers once."""

    code = "orders.review_answered"
    message = _("Vous avez déjà répondu à cet avis.")


class ReviewWordsMissing(DomainError):
    """No words, or a rating that is none."""

    code = "orders.review_words_missing"
    message = _("Choisissez une note de 1 à 5 et dites pourquoi en quelques mots.")
    status = 422
