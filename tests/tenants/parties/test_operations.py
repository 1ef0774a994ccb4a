"""Identities are checked and unique, roles and memberships follow rules, snapshots freeze."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.http import Http404
from django_tenants.utils import tenant_context
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from tenants.accounts.models import User
from tenants.parties.access import get_party_for, is_member
from tenants.parties.errors import (
    AlreadyRegistered,
    DemonstrationIdentifier,
    IdentifierInvalid,
    LastOwner,
    NotAMember,
)
from tenants.parties.identifiers import (
    department_of,
    french_vat_number,
    tax_territory_of,
    validate_siren,
    validate_siret,
)
from tenants.parties.models import Membership, Party, PartyRole, VatRegimePeriod
from tenants.parties.operations import (
    add_member,
    approve_provider,
    create_business,
    create_operator,
    create_provider,
    register_business,
    remove_member,
    suspend_provider,
    update_party,
)
from tenants.parties.queries import has_role, operator_party, parties_of
from tenants.parties.snapshots import party_snapshot

SIRET = "00000002600013"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def user(name: str = "ana") -> User:
    return User.objects.create_user(f"{name}@exemple.example", "un mot de passe long")


def business(owner=None, siret=SIRET, **values):
    return create_business(
        user=owner or user(), legal_name="Savonnerie du Marais", siret=siret, now=NOW, **values
    )


def test_a_business_has_its_numbers_an_owner_and_a_regime(tenant):
    owner = user()
    party = business(owner, department_code="974", founded_on=date(2025, 3, 1))
    assert (party.siren, party.siret) == ("000000026", SIRET)
    assert party.vat_number == french_vat_number("000000026")
    assert party.tax_territory == "reunion"
    assert party.vat_regime_periods.get().starts_on == date(2025, 3, 1)
    assert parties_of(owner) == [party]
    assert has_role(party, "business", "active")
    assert not has_role(party, "provider")


def test_one_under_franchise_gets_no_vat_number_by_itself(tenant):
    assert business(vat_regime="franchise").vat_number == ""


def test_one_in_creation_is_a_person_without_numbers(tenant):
    party = business(siret="")
    assert (party.kind, party.siren, party.vat_number) == ("person", "", "")
    assert has_role(party, "business", "in_creation")
    assert not party.vat_regime_periods.exists()
    # Several may be in creation at once.
    assert business(user("bob"), siret="").pk != party.pk


def test_a_business_in_creation_registers(tenant):
    party = business(siret="")
    before = party_snapshot(party, NOW.date())
    values = {"legal_name": "Essai SARL", "kind": "organisation", "vat_regime": "normal"}
    registered = register_business(party=party, siret=SIRET, now=NOW, **values)
    assert (registered.siret, registered.kind) == (SIRET, "organisation")
    assert has_role(registered, "business", "active")
    assert party_snapshot(registered, NOW.date())["vat_regime"] == "normal"
    assert before["siren"] == ""
    with pytest.raises(AlreadyRegistered):
        register_business(party=party, siret="00000003400017", now=NOW, **values)


def test_an_establishment_is_registered_once(tenant):
    business()
    with pytest.raises(AlreadyRegistered, match="Savonnerie du Marais"):
        business(user("bob"))
    later = business(user("eve"), siret="")
    with pytest.raises(AlreadyRegistered):
        register_business(party=later, siret=SIRET, legal_name="x", kind="person", vat_regime="normal")
    later.refresh_from_db()
    assert later.siret == ""


def test_of_two_at_once_one_is_told(committing_tenant):
    owners = [user("ana"), user("bob")]

    def register(owner):
        connection.set_tenant(committing_tenant)
        try:
            return business(owner).pk
        except AlreadyRegistered:
            return None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(register, owners))
    with tenant_context(committing_tenant):
        assert Party.objects.count() == 1
    assert sum(pk is not None for pk in found) == 1


@pytest.mark.parametrize("siret", ["123", "00000002600014", "0000000260001x", "99999999999999"])
def test_a_mistyped_siret_is_refused(tenant, siret):
    with pytest.raises(IdentifierInvalid):
        business(siret=siret)


def test_the_demonstrations_numbers_stay_in_the_demonstration(tenant):
    tenant.is_demo = False
    with pytest.raises(DemonstrationIdentifier):
        business()


@given(st.integers(min_value=100_000_000, max_value=999_999_999).map(str))
def test_a_siren_is_valid_exactly_when_its_check_digit_is(digits):
    # La Poste's establishments follow another rule; its SIREN does not.
    if luhn.is_valid(digits):
        spaced = f"{digits[:3]} {digits[3:6]} {digits[6:]}"
        assert validate_siren(spaced, fictitious_allowed=False) == digits
    else:
        with pytest.raises(IdentifierInvalid):
            validate_siren(digits, fictitious_allowed=False)


def test_a_siret_may_be_written_with_spaces():
    assert validate_siret("000 000 026 00013", fictitious_allowed=True) == SIRET


@pytest.mark.parametrize(
    ("postal_code", "department", "territory"),
    [
        ("79000", "79", "mainland"),
        ("20000", "2A", "corsica"),
        ("20200", "2B", "corsica"),
        ("97400", "974", "reunion"),
        ("97300", "973", "guyane"),
        ("97600", "976", "mayotte"),
    ],
)
def test_places_lead_to_tax_territories(postal_code, department, territory):
    assert department_of(postal_code) == department
    assert tax_territory_of(department) == territory
    assert tax_territory_of(department, "DE") == ""


def test_a_provider_is_approved_and_suspended(tenant):
    party = create_provider(user=user(), legal_name="Clain", siret=SIRET, vat_regime="normal", now=NOW)
    assert party.roles.get().state == "pending"
    assert approve_provider(party=party).state == "active"
    assert suspend_provider(party=party).state == "suspended"


def test_a_tenant_has_one_operator(tenant):
    assert operator_party() is None
    party = create_operator(legal_name="GIP", siret=SIRET, vat_regime="normal", now=NOW)
    assert operator_party() == party
    with pytest.raises(IntegrityError, match="party_one_operator"), transaction.atomic():
        create_operator(legal_name="Autre", siret="00000003400017", vat_regime="normal", now=NOW)


def test_members_come_and_go_but_one_owner_stays(tenant):
    owner, mate, stranger = user("ana"), user("bob"), user("eve")
    party = business(owner)
    add_member(party=party, user=mate)
    assert add_member(party=party, user=mate, role="owner").role == "member"
    assert is_member(mate, party.pk)
    assert get_party_for(mate, party.public_id) == party
    for person, owned in ((mate, True), (stranger, False)):
        with pytest.raises(Http404):
            get_party_for(person, party.public_id, owner=owned)
    with pytest.raises(LastOwner):
        remove_member(party=party, user=owner)
    with pytest.raises(NotAMember):
        remove_member(party=party, user=stranger)
    remove_member(party=party, user=mate)
    assert list(party.memberships.values_list("user", flat=True)) == [owner.pk]


def test_what_may_change_changes_and_the_snapshot_does_not(tenant):
    party = business(department_code="79", town="Niort")
    before = party_snapshot(party, NOW.date())
    changed = update_party(party=party, town="Saint-Denis", department_code="974")
    assert changed.tax_territory == "reunion"
    assert (before["address"]["town"], before["tax_territory"]) == ("Niort", "mainland")
    with pytest.raises(ValueError, match="not editable"):
        update_party(party=party, siren="123456789")


def test_regimes_do_not_overlap_and_are_chosen_by_date(tenant):
    party = business(founded_on=date(2026, 1, 1))
    period = party.vat_regime_periods.get()
    with pytest.raises(IntegrityError, match="do_not_overlap"), transaction.atomic():
        VatRegimePeriod.objects.create(party=party, regime="franchise", starts_on=date(2027, 1, 1))
    period.ends_on = date(2026, 12, 31)
    period.save()
    VatRegimePeriod.objects.create(party=party, regime="franchise", starts_on=date(2027, 1, 1))
    found = Party.objects.get(pk=party.pk)
    days = (date(2025, 12, 31), date(2026, 12, 31), date(2027, 1, 1))
    assert [party_snapshot(found, on)["vat_regime"] for on in days] == ["", "normal", "franchise"]


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"siren": "12345"}, "party_siren_form"),
        ({"siren": "123456789", "siret": "98765432100011"}, "party_siret_begins_with_siren"),
        ({"country_code": "DE"}, "party_territory_inside_france"),
        ({"country_code": "fr"}, "party_"),
        ({"share_capital_cents": -1}, "party_capital_not_negative"),
    ],
)
def test_the_database_refuses_nonsense(tenant, values, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Party.objects.create(legal_name="x", **values)


def test_a_state_must_fit_its_role(tenant):
    party = business()
    with pytest.raises(IntegrityError, match="party_role_state_fits"), transaction.atomic():
        PartyRole.objects.create(party=party, role="provider", state="in_creation")
    with pytest.raises(IntegrityError, match="membership_once"), transaction.atomic():
        Membership.objects.create(party=party, user=party.memberships.get().user)


def test_ones_parties_and_their_roles_cost_one_statement(tenant, django_assert_num_queries):
    owner = user()
    first = business(owner)
    second = business(owner, siret="")
    with django_assert_num_queries(1):
        mine = parties_of(owner)
        assert mine == [first, second]
        assert has_role(mine[0], "business", "active")
        assert has_role(mine[1], "business", "in_creation")
        [role] = mine[0].roles.all()
        assert role.party.legal_name == "Savonnerie du Marais"
    assert role.created_at == first.roles.get().created_at
