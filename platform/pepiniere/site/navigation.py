"""The faces of a tenant's site and the entries of each: data, so that a reader sees them on one screen."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SHOP, WORKSHOP, CONSOLE, PLATFORM = "shop", "workshop", "console", "platform"

# The face of a page is told by the beginning of its address.
PREFIXES = {"/prestataire/": WORKSHOP, "/console/": CONSOLE}


@dataclass(frozen=True)
class Entry:
    """One entry: a URL name, and for the console the desks that need it (all desks when empty).

    `also` names the pages whose addresses begin elsewhere and that are reached from this entry.
    """

    label: str | Promise
    url_name: str
    icon: str
    group: str | Promise = ""
    desks: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Face:
    """One face of the site: where it begins and what its navigation holds."""

    label: str | Promise
    url_name: str
    icon: str
    entries: tuple[Entry, ...]


_ORDERS, _OFFER, _MONEY, _SPACE = _("Commandes"), _("Offre"), _("Argent"), _("Espace")

FACES = {
    SHOP: Face(
        _("Boutique"),
        "catalogue:home",
        "building-store",
        (
            Entry(_("Accueil"), "catalogue:home", "home"),
            Entry(_("Services"), "catalogue:services", "search"),
            Entry(_("Aides"), "funding:programmes", "pig-money"),
            Entry(_ORDERS, "orders:orders", "package"),
        ),
    ),
    WORKSHOP: Face(
        _("Espace prestataire"),
        "fulfilment:next_hour",
        "briefcase",
        (
            Entry(_("À faire"), "fulfilment:next_hour", "inbox"),
            Entry(_("Prestations"), "fulfilment:lines", "clipboard-list"),
            Entry(
                _("Mes services"),
                "catalogue:provider_services",
                "tags",
                also=("catalogue:provider_exchange", "orders:provider_reviews"),
            ),
            Entry(_("Versements"), "payouts:payouts", "wallet"),
            Entry(_("Factures"), "invoicing:provider_invoices", "file-invoice"),
        ),
    ),
    CONSOLE: Face(
        _("Console"),
        "orders:today",
        "layout-dashboard",
        (
            Entry(_("Aujourd’hui"), "orders:today", "dashboard"),
            Entry(_("Commandes"), "orders:console_orders", "package", _ORDERS),
            Entry(_("Tâches à l’arrêt"), "operations:abandoned", "refresh", _ORDERS, ("support",)),
            Entry(
                _("Services"),
                "catalogue:console_services",
                "tags",
                _OFFER,
                ("catalogue",),
                also=("catalogue:console_exchange",),
            ),
            Entry(_("Avis"), "orders:console_reviews", "star", _OFFER, ("catalogue",)),
            Entry(
                _("Recherche"),
                "catalogue:console_wishes",
                "search",
                _OFFER,
                ("catalogue",),
                also=("catalogue:console_synonyms",),
            ),
            Entry(_("Prestataires"), "catalogue:console_providers", "users", _OFFER, ("catalogue",)),
            Entry(
                _("Dispositifs d’aide"), "funding:console_programmes", "heart-handshake", _MONEY, ("finance",)
            ),
            Entry(_("Chèques"), "funding:console_vouchers", "gift", _MONEY, ("finance",)),
            Entry(_("Demandes de versement"), "claims:claims", "receipt-euro", _MONEY, ("finance",)),
            Entry(_("Où est l’argent"), "ledger:money", "coins", _MONEY, ("finance",)),
            Entry(_("Paiements à traiter"), "payments:console", "credit-card", _MONEY, ("finance",)),
            Entry(_("Versements à suivre"), "payouts:stuck", "wallet", _MONEY, ("finance",)),
            Entry(_("Factures"), "invoicing:console_invoices", "file-invoice", _MONEY, ("finance",)),
            Entry(_("TVA à confirmer"), "vat_reviews:reviews", "percentage", _MONEY, ("finance",)),
            Entry(_("Commissions"), "commission:rules", "percentage", _MONEY, ("finance",)),
            Entry(_("Identité"), "identity:identity", "palette", _SPACE, ("administrator",)),
        ),
    ),
    PLATFORM: Face(
        _("Plateforme"),
        "provisioning:tenants",
        "building-community",
        (Entry(_("Espaces"), "provisioning:tenants", "building-community"),),
    ),
}

ACCOUNT_ENTRIES = (
    Entry(_("Mes commandes"), "orders:orders", "package"),
    Entry(_("Mes favoris"), "catalogue:favourites", "star"),
    Entry(_("Mes factures"), "invoicing:invoices", "file-invoice"),
    Entry(_("Mes structures"), "parties:mine", "building-store"),
)
