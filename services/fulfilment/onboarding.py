"""What a provider still lacks before it can sell and be paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.invoicing.queries import current_mandate
from billing.payouts.queries import can_be_paid
from kernel.web.states import StateWord
from services.catalogue.models import Service, ServiceState
from tenants.parties.models import Party, PartyRole

WAITS_FOR_OPERATOR = StateWord("wait", _("Attend l’opérateur"))
PREPARED = (ServiceState.REVIEW, ServiceState.PUBLISHED)


@dataclass(frozen=True)
class Step:
    """A step of the way to the first sale; ``url`` is where it is taken, empty when others take it."""

    id: str
    label: str | Promise
    hint: str | Promise
    done: bool
    url: str = ""
    state: StateWord | None = None


def provider_state(party: Party) -> str:
    """The state of the party's provider role, from its prefetched roles; empty without the role."""
    roles = (role for role in party.roles.all() if role.role == PartyRole.Role.PROVIDER)
    return next((role.state for role in roles), "")


def steps_to_sell(party: Party) -> list[Step]:
    """What is done and what is missing, in the order in which one does it; five statements."""
    services: dict[str, Any] = {
        "any": Service.objects.of_provider(party.pk).exists(),
        "prepared": Service.objects.of_provider(party.pk).filter(state__in=PREPARED).exists(),
    }
    approved = provider_state(party) == PartyRole.State.ACTIVE
    return [
        Step(
            "identity",
            _("Identité et adresse"),
            _("Numéro SIRET et adresse complète : ils figurent sur vos factures."),
            bool(party.siret and party.street and party.postal_code and party.town),
            reverse("parties:details", args=[party.public_id]),
        ),
        Step(
            "vat",
            _("Régime de TVA"),
            _("Il décide de la TVA de vos prix."),
            party.vat_regime_periods.exists(),
            reverse("parties:details", args=[party.public_id]),
        ),
        Step(
            "mandate",
            _("Mandat de facturation"),
            _("Vos factures sont établies en votre nom ; lisez le mandat et acceptez-le."),
            current_mandate(party) is not None,
            reverse("invoicing:mandate"),
        ),
        Step(
            "payouts",
            _("Compte de versement"),
            _("C’est là que vos ventes vous sont payées."),
            can_be_paid(party),
            reverse("payouts:payouts"),
        ),
        Step(
            "service",
            _("Un premier service"),
            _("Envoyez-le pour vérification : l’opérateur le relit et le publie.")
            if services["any"]
            else _("L’opérateur ajoute vos premiers services avec vous."),
            services["prepared"],
            reverse("catalogue:provider_services"),
            None if services["any"] else WAITS_FOR_OPERATOR,
        ),
        Step(
            "approval",
            _("Vérification par l’opérateur"),
            _("Vos services s’ouvrent à la vente quand elle est faite."),
            approved,
            state=None if approved else WAITS_FOR_OPERATOR,
        ),
    ]
