"""Whom one can be in the demonstration, in the order of the landing page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

ENTREPRENEUR = "entrepreneur"
IN_CREATION = "in_creation"
PROVIDER = "provider"
PLATFORM_OWNER = "platform_owner"

ROLES = {
    ENTREPRENEUR: _("Entrepreneur"),
    IN_CREATION: _("Entrepreneur en création"),
    PROVIDER: _("Prestataire"),
    "administrator": _("Opérateur : administration"),
    "catalogue": _("Opérateur : catalogue"),
    "finance": _("Opérateur : finances"),
    "support": _("Opérateur : assistance"),
    PLATFORM_OWNER: _("Propriétaire de la plateforme"),
}
ICONS = {
    ENTREPRENEUR: "shopping-bag",
    IN_CREATION: "seedling",
    PROVIDER: "briefcase",
    "administrator": "settings",
    "catalogue": "tags",
    "finance": "coins",
    "support": "headset",
    PLATFORM_OWNER: "building-community",
}
# What each does first, for a newcomer.
FIRST_STEPS = {
    ENTREPRENEUR: _("Chercher un service, commander, payer, valider une livraison."),
    IN_CREATION: _("Commander avant d’avoir un SIREN."),
    PROVIDER: _("Accepter une commande, livrer, suivre ses versements."),
    "administrator": _("Tout voir, tout régler."),
    "catalogue": _("Publier ou suspendre un service, activer un prestataire."),
    "finance": _("Suivre l’argent, les versements et les factures."),
    "support": _("Aider quand une commande n’avance plus."),
    PLATFORM_OWNER: _("Voir les espaces et en créer un."),
}
# Where each starts after entering.
FIRST_PAGES = {
    ENTREPRENEUR: "/",
    IN_CREATION: "/",
    PROVIDER: "/prestataire/",
    "administrator": "/console/",
    "catalogue": "/console/services/",
    "finance": "/console/",
    "support": "/console/",
    PLATFORM_OWNER: "/espaces/",
}
