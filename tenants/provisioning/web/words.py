"""How a tenant's state is said."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.web.states import StateWord
from tenants.directory.models import Tenant

STATES = {
    Tenant.State.PROVISIONING: StateWord("run", _("En préparation")),
    Tenant.State.READY: StateWord("done", _("Ouvert")),
    Tenant.State.SUSPENDED: StateWord("wait", _("Suspendu")),
    Tenant.State.FAILED: StateWord("bad", _("Préparation interrompue")),
}
