"""A person registers a business, chooses for whom to act, and lets others in."""

from __future__ import annotations

import pytest

from tenants.accounts.models import User
from tenants.parties.acting import SESSION_KEY
from tenants.parties.models import Membership, Party
from tenants.parties.operations import create_business
from tenants.reference.models import NafCode

SIRET = "00000002600013"
ADDRESS = {"street": "7 rue des Tanneurs", "postal_code": "79000", "town": "Niort"}


@pytest.fixture
def ana(tenant):
    """A person without a party."""
    return User.objects.create_user("ana@exemple.example", "un mot de passe long", full_name="Ana Essai")


@pytest.fixture
def signed_in(tenant_client, ana):
    """The client of that person."""
    tenant_client.force_login(ana)
    return tenant_client


def in_creation(user, name="Projet"):
    return create_business(user=user, legal_name=name, **ADDRESS, department_code="79")


def test_nothing_without_logging_in(tenant, tenant_client):
    for address in ("/structures/", "/structures/nouvelle/"):
        assert tenant_client.get(address).status_code == 302


def test_registering_leads_back_to_where_it_was_needed(signed_in, ana):
    data = {
        **ADDRESS,
        "situation": "organisation",
        "legal_name": "Savonnerie du Marais",
        "siret": "000 000 026 00013",
        "vat_regime": "normal",
        "next": "/panier/",
    }
    response = signed_in.post("/structures/nouvelle/", data)
    assert (response.status_code, response.url) == (302, "/panier/")
    party = Party.objects.get()
    assert (party.siret, party.department_code) == (SIRET, "79")
    assert signed_in.session[SESSION_KEY] == str(party.public_id)
    assert "Savonnerie du Marais" in signed_in.get("/structures/").content.decode()


def test_elsewhere_is_no_place_to_go_back_to(signed_in):
    data = {**ADDRESS, "situation": "in_creation", "legal_name": "Ana Essai", "vat_regime": "normal"}
    response = signed_in.post("/structures/nouvelle/", {**data, "next": "https://example.org/"})
    assert response.url == "/structures/"


@pytest.mark.parametrize("siret", ["", "123", "00000002600014"])
def test_a_wrong_siret_is_told_at_the_field(signed_in, siret):
    data = {**ADDRESS, "situation": "organisation", "legal_name": "x", "siret": siret, "vat_regime": "normal"}
    response = signed_in.post("/structures/nouvelle/", data)
    assert response.status_code == 422
    assert "siret" in response.context["form"].errors
    assert not Party.objects.exists()


def test_one_chooses_among_ones_own(signed_in, ana):
    first, second = in_creation(ana, "Un"), in_creation(ana, "Deux")
    other = in_creation(User.objects.create_user("bob@exemple.example"), "Trois")
    answer = signed_in.post("/structures/agir-pour/", {"party": second.public_id, "next": "/structures/"})
    assert answer.url == "/structures/"
    assert signed_in.session[SESSION_KEY] == str(second.public_id)
    assert signed_in.post("/structures/agir-pour/", {"party": other.public_id}).status_code == 404
    assert signed_in.post("/structures/agir-pour/", {"party": "x"}).status_code == 404
    assert signed_in.get("/structures/agir-pour/").status_code == 405
    page = signed_in.get("/structures/").content.decode()
    assert "Trois" not in page
    # A membership that ended chooses nothing any more.
    Membership.objects.filter(party=second).update(user=other.memberships.get().user)
    assert "Deux" not in signed_in.get("/structures/").content.decode()
    assert first.display_name in signed_in.get("/structures/").content.decode()


def test_details_are_changed_by_members_only(signed_in, ana):
    party = in_creation(ana)
    address = f"/structures/{party.public_id}/"
    assert signed_in.post(address, {**ADDRESS, "town": "Melle"}).status_code == 302
    party.refresh_from_db()
    assert party.town == "Melle"
    told = {**ADDRESS, "founded_on": "2025-06-01", "headcount": "0"}
    assert signed_in.post(address, told).status_code == 302
    party.refresh_from_db()
    assert (party.founded_on.isoformat(), party.headcount) == ("2025-06-01", 0)
    assert signed_in.post(address, {**told, "founded_on": "2999-01-01"}).status_code == 422
    assert signed_in.post(address, {**told, "headcount": "-1"}).status_code == 422
    assert signed_in.post(address, {**ADDRESS, "postal_code": "x"}).status_code == 422
    signed_in.force_login(User.objects.create_user("bob@exemple.example"))
    assert signed_in.get(address).status_code == 404


def test_the_activity_is_found_by_code_or_by_words(signed_in, ana):
    for code, label in (
        ("10.71C", "Boulangerie et boulangerie-pâtisserie"),
        ("10.71D", "Pâtisserie"),
        ("62.01Z", "Programmation informatique"),
    ):
        NafCode.objects.update_or_create(version="rev2", code=code, defaults={"label": label})
    party = in_creation(ana)
    address = f"/structures/{party.public_id}/"
    for typed in ("1071c", "10.71 C", "boulangerie patisserie", "10.71C"):
        assert signed_in.post(address, {**ADDRESS, "naf_code": typed}).status_code == 302, typed
        party.refresh_from_db()
        assert party.naf_code == "10.71C"
    assert "10.71C Boulangerie et boulangerie-pâtisserie" in signed_in.get(address).content.decode()
    several = signed_in.post(address, {**ADDRESS, "naf_code": "pâtisserie"})
    assert several.status_code == 422
    assert "10.71D Pâtisserie" in several.content.decode()
    assert 'value="pâtisserie"' in several.content.decode()
    for typed in ("99.99Z", "astronaute de plomb"):
        assert signed_in.post(address, {**ADDRESS, "naf_code": typed}).status_code == 422
    party.refresh_from_db()
    assert party.naf_code == "10.71C"


def test_the_siret_comes_later(signed_in, ana):
    party = in_creation(ana)
    address = f"/structures/{party.public_id}/immatriculation/"
    assert address in signed_in.get(f"/structures/{party.public_id}/").content.decode()
    data = {"siret": SIRET, "legal_name": "Ana Essai", "kind": "person", "vat_regime": "franchise"}
    assert signed_in.post(address, {**data, "siret": "1"}).status_code == 422
    assert signed_in.post(address, data).status_code == 302
    party.refresh_from_db()
    assert (party.siret, party.vat_number) == (SIRET, "")
    assert signed_in.get(address).status_code == 302


def test_an_owner_lets_people_in_and_out(signed_in, ana):
    party = in_creation(ana)
    bob = User.objects.create_user("bob@exemple.example", full_name="Bob Essai")
    address = f"/structures/{party.public_id}/membres/"
    assert signed_in.post(address, {"email": "personne@exemple.example", "role": "member"}).status_code == 422
    assert signed_in.post(address, {"email": "Bob@exemple.example", "role": "member"}).status_code == 302
    membership = Membership.objects.get(user=bob)
    assert "Bob Essai" in signed_in.get(address).content.decode()
    mine = Membership.objects.get(user=ana)
    assert signed_in.get(f"{address}{mine.pk}/retirer/").status_code == 200
    signed_in.post(f"{address}{mine.pk}/retirer/")
    assert Membership.objects.filter(user=ana).exists()
    signed_in.force_login(bob)
    assert signed_in.get(address).status_code == 404
    signed_in.force_login(ana)
    assert signed_in.post(f"{address}{membership.pk}/retirer/").status_code == 302
    assert not Membership.objects.filter(user=bob).exists()


def test_a_membership_of_another_party_is_out_of_reach(signed_in, ana):
    party = in_creation(ana)
    other = in_creation(User.objects.create_user("bob@exemple.example"), "Autre")
    theirs = other.memberships.get()
    assert signed_in.post(f"/structures/{party.public_id}/membres/{theirs.pk}/retirer/").status_code == 404
