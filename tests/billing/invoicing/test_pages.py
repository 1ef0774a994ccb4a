"""Lists and documents, seen by each side and by strangers."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django_tenants.utils import tenant_context

from billing.invoicing.models import Invoice, IssueRefusal, Mandate
from billing.invoicing.operations import record_refusal, store_document
from tenants.accounts.models import StaffRole, User
from tenants.parties.models import Membership
from tests.billing.building import party


def person(email, *, of=None, staff=None, role="owner"):
    """A user with a membership or a desk."""
    user = User.objects.create_user(email, "mot de passe long", full_name=email)
    if of is not None:
        Membership.objects.create(party=of, user=user, role=role)
    if staff is not None:
        StaffRole.objects.create(user=user, role=staff)
    return user


@pytest.fixture
def invoice(market):
    """An invoice with its document."""
    issued = market.issue()
    store_document(invoice=issued, pdf=b"%PDF-1.7 essai", template_version="x")
    return issued


def answer(client, user, address):
    """The status of a page for a user."""
    client.force_login(user)
    return client.get(address).status_code


def test_only_the_two_sides_and_the_desks_get_the_document(market, invoice, tenant_client):
    address = reverse("invoicing:document", args=[invoice.number], urlconf="pepiniere.urls.tenant")
    seen = {
        person("achat@exemple.example", of=market.buyer, role="member"): 200,
        person("vente@exemple.example", of=market.seller): 200,
        person("finances@exemple.example", staff="finance"): 200,
        person("aide@exemple.example", staff="support"): 200,
        person("admin@exemple.example", staff="administrator"): 200,
        person("catalogue@exemple.example", staff="catalogue"): 404,
        person("autre@exemple.example", of=party(role="business")): 404,
        person("seul@exemple.example"): 404,
    }
    assert {user.email: answer(tenant_client, user, address) for user in seen} == {
        user.email: status for user, status in seen.items()
    }
    tenant_client.logout()
    assert tenant_client.get(address).status_code == 302


def test_the_stored_bytes_are_served(market, invoice, tenant_client):
    tenant_client.force_login(person("achat@exemple.example", of=market.buyer))
    response = tenant_client.get(f"/factures/{invoice.number}/")
    assert response.content == b"%PDF-1.7 essai"
    assert response["Content-Type"] == "application/pdf"
    assert response["Cache-Control"] == "private, no-cache"
    assert invoice.number in response["Content-Disposition"]


def test_a_document_under_way_says_so(market, tenant_client):
    issued = market.issue()
    tenant_client.force_login(person("achat@exemple.example", of=market.buyer))
    response = tenant_client.get(f"/factures/{issued.number}/")
    assert response.status_code == 202
    assert "se prépare" in response.content.decode()
    assert "en préparation" in tenant_client.get("/factures/").content.decode()


def test_a_number_of_another_tenant_is_unknown(market, invoice, other_tenant, client_for):
    with tenant_context(other_tenant):
        staff = person("admin@exemple.example", staff="administrator")
    client = client_for(other_tenant)
    with tenant_context(other_tenant):
        client.force_login(staff)
    assert client.get(f"/factures/{invoice.number}/").status_code == 404


def test_lists_cost_the_same_for_one_and_for_many(market, invoice, tenant_client, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    users = {
        "/factures/": person("achat@exemple.example", of=market.buyer),
        "/prestataire/factures/": person("vente@exemple.example", of=market.seller),
        "/console/factures/": person("finances@exemple.example", staff="finance"),
    }

    def cost(address):
        tenant_client.force_login(users[address])
        tenant_client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert invoice.number in tenant_client.get(address).content.decode()
        return len(queries)

    one = {address: cost(address) for address in users}
    for _ in range(5):
        market.issue()
    assert {address: cost(address) for address in users} == one


def test_a_business_sees_what_it_bought_only(market, invoice, tenant_client):
    other = market.issue(buyer=party(role="business", legal_name="Autre Atelier"))
    tenant_client.force_login(person("achat@exemple.example", of=market.buyer))
    page = tenant_client.get("/factures/").content.decode()
    assert invoice.number in page
    assert other.number not in page


def test_a_person_without_a_party_sees_an_empty_list(tenant, tenant_client):
    tenant_client.force_login(person("seul@exemple.example"))
    assert "Aucune facture" in tenant_client.get("/factures/").content.decode()
    assert tenant_client.get("/prestataire/factures/").status_code == 404
    assert tenant_client.get("/console/factures/").status_code == 404


def test_an_owner_accepts_the_mandate(market, tenant_client):
    newcomer = party(role="provider", legal_name="Nouveau Venu")
    tenant_client.force_login(person("membre@exemple.example", of=newcomer, role="member"))
    assert "Acceptez le mandat" in tenant_client.get("/prestataire/factures/").content.decode()
    assert tenant_client.post("/prestataire/mandat/").status_code == 404
    owner = person("patron@exemple.example", of=newcomer)
    tenant_client.force_login(owner)
    assert "Accepter le mandat" in tenant_client.get("/prestataire/mandat/").content.decode()
    assert tenant_client.post("/prestataire/mandat/").status_code == 302
    mandate = Mandate.objects.get(party=newcomer)
    assert mandate.accepted_by == owner
    page = tenant_client.get("/prestataire/mandat/").content.decode()
    assert "Accepté le" in page
    assert "Accepter le mandat" not in page


def test_the_finance_desk_asks_again(market, tenant_client):
    (part,) = market.released()
    refusal = record_refusal(release_id=part.pk, kind="sale", code="x", message="Complétez l’adresse.")
    tenant_client.force_login(person("finances@exemple.example", staff="finance"))
    assert "Complétez l’adresse." in tenant_client.get("/console/factures/").content.decode()
    address = f"/console/factures/refus/{refusal.pk}/"
    assert tenant_client.get(address).status_code == 405
    assert tenant_client.post(address).status_code == 302
    from kernel.outbox.running import run_pending

    run_pending("documents")
    assert Invoice.objects.filter(release=part, kind="sale").exists()
    assert not IssueRefusal.objects.filter(settled_at=None).exists()
    tenant_client.force_login(person("aide@exemple.example", staff="support"))
    assert tenant_client.post(address).status_code == 404
