"""The commands that docs/operators gives to open a space are run as they stand."""

from __future__ import annotations

from typing import Any

from billing.commission.models import CommissionRule
from services.catalogue.models import Service
from services.catalogue.operations import publish_service, submit_service
from tenants.accounts.models import User
from tenants.parties.operations import approve_provider
from tenants.parties.queries import operator_party
from tests.billing.building import vat_rates
from tests.roof.documentation.reading import blocks

PAGE = "operators/README.md"


def test_a_space_opened_as_the_page_says_has_its_first_service(tenant: Any, tenant_client: Any) -> None:
    vat_rates()
    for email in ("contact@atelier.example", "claire@ma-region.example"):
        User.objects.create_user(email, "un mot de passe long")
    for block in blocks(PAGE, "python"):
        assert '"ma-region"' in block
        exec(compile(block.replace('"ma-region"', f'"{tenant.slug}"'), PAGE, "exec"), {})
    operator = operator_party()
    assert operator is not None
    assert CommissionRule.objects.count() == 1
    assert User.objects.get(email="claire@ma-region.example").staff_roles.get().role == "finance"
    service = Service.objects.get()
    staff = User.objects.get(email="claire@ma-region.example")
    approve_provider(party=service.provider)
    submit_service(service_id=service.pk, actor=staff, role="operator")
    publish_service(service_id=service.pk, actor=staff)
    page = tenant_client.get("/services/site-vitrine/").content.decode()
    assert "Site vitrine" in page
    assert "468,00" in page
