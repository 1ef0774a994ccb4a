"""The console grants vouchers, makes series of codes, takes unused ones back; tries of codes are counted."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from billing.funding.code_tries import OF_A_PERSON, OF_THE_SITE, PERIOD, limits
from billing.funding.errors import BudgetShort, CodeTriesExceeded, CodeUnknown, SeriesSizeWrong
from billing.funding.grants import grant_voucher, redeem_code, shown_code
from billing.funding.models import ProgrammeBudget, Voucher, VoucherSeries
from billing.funding.series import MOST_CODES, expire_series, make_series
from kernel.outbox.models import OutboxTask
from tests.billing.building import cast, findings, party
from tests.billing.funding.test_reservation import open_for_years
from tests.billing.funding.test_rule_pages import person

LIST, SERIES = "/console/cheques/", "/console/cheques/series/"


@pytest.fixture
def finance(tenant_client: Client) -> Client:
    tenant_client.force_login(person("finance"))
    return tenant_client


@pytest.fixture
def counted() -> Any:
    """Counters that no other test and no earlier run has used."""
    period = int(timezone.now().timestamp() // PERIOD.total_seconds())
    people = [person("support"), person("finance")]
    keys = [key for user in people for number in (period, period + 1) for key in limits(user, number)]
    cache.delete_many(keys)
    yield people
    cache.delete_many(keys)


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def reserved() -> int:
    return sum(ProgrammeBudget.objects.values_list("reserved_cents", flat=True))


def test_a_voucher_is_granted_and_taken_back(finance: Client) -> None:
    _operator, _seller, buyer = cast()
    programme = open_for_years()
    assert "Aucun chèque." in page(finance, LIST)
    terms = {"programme": programme.slug, "business": buyer.siren, "amount": "300", "note": "Dossier 12"}
    assert finance.post(f"{LIST}accorder/", terms).status_code == 302
    made = Voucher.objects.get()
    assert (made.party, made.amount_cents, made.note, reserved()) == (buyer, 30_000, "Dossier 12", 30_000)
    assert made.granted_by is not None
    for query in (buyer.legal_name.upper(), "dossier", "cheque"):
        assert buyer.legal_name in page(finance, f"{LIST}?q={query}&etat=granted")
    assert "Aucun chèque ne correspond." in page(finance, f"{LIST}?q=inconnu")
    address = reverse("funding:console_revoke", args=[made.public_id])
    assert address in page(finance, LIST)
    assert "300,00" in page(finance, address)
    assert finance.post(address, {"reason": ""}).status_code == 422
    assert finance.post(address, {"reason": "Dossier retiré"}).status_code == 302
    assert reserved() == 0
    assert "Dossier retiré" in page(finance, LIST)
    assert finance.get(address).status_code == 302
    assert "a changé d’état" in finance.post(address, {"reason": "encore"}, follow=True).content.decode()


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("business", "000000000", "Aucune entreprise de cet espace"),
        ("business", "Jumelle", "Plusieurs entreprises portent ce nom"),
        ("amount", "500,01", "Indiquez un montant positif, au plus"),
        ("amount", "", "Indiquez un montant."),
        ("expires_on", "2020-01-01", "Choisissez une date de fin"),
        ("programme", "", "Choisissez un dispositif."),
    ],
)
def test_what_a_grant_refuses_is_said_at_its_field(
    finance: Client, field: str, value: str, told: str
) -> None:
    _operator, _seller, buyer = cast()
    for _ in range(2):
        party(role="business", legal_name="Jumelle")
    terms = {"programme": open_for_years().slug, "business": buyer.legal_name, "amount": "300"}
    refused = finance.post(f"{LIST}accorder/", {**terms, field: value})
    assert refused.status_code == 422
    assert told in refused.content.decode()
    assert not Voucher.objects.exists()


def test_a_series_holds_the_money_of_all_its_codes(finance: Client) -> None:
    _operator, _seller, buyer = cast()
    programme = open_for_years()
    assert "Aucune série de codes." in page(finance, SERIES)
    terms = {"programme": programme.slug, "name": "Salon", "size": "3", "amount": "100"}
    assert finance.post(f"{SERIES}nouvelle/", terms).status_code == 302
    series = VoucherSeries.objects.get()
    codes = set(series.vouchers.values_list("code", flat=True))
    assert (len(codes), reserved()) == (3, 30_000)
    assert OutboxTask.objects.filter(name="funding.expire_series").count() == 1
    redeem_code(code=min(codes), party=buyer)
    assert "1 apportés, 0 dans une commande" in page(finance, SERIES)
    sent = finance.get(reverse("funding:console_series_codes", args=[series.public_id]))
    rows = b"".join(sent.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert len(rows) == 4
    assert rows[1].startswith(f"{shown_code(min(codes))};Cheque;100,00;")
    assert rows[1].endswith(buyer.legal_name)
    after = series.expires_on + datetime.timedelta(days=1)
    assert expire_series(series_id=series.pk, on=series.expires_on) == 0
    assert (expire_series(series_id=series.pk, on=after), reserved()) == (3, 0)
    assert findings() == []


def test_a_series_is_made_whole_or_not_at_all(tenant: Any) -> None:
    programme = open_for_years(a_year=10_000)
    with pytest.raises(BudgetShort):
        make_series(programme=programme, name="Salon", size=3, amount_cents=5_000, user=None)
    for size in (0, MOST_CODES + 1):
        with pytest.raises(SeriesSizeWrong):
            make_series(programme=programme, name="Salon", size=size, amount_cents=1, user=None)
    assert (Voucher.objects.count(), reserved()) == (0, 0)


def test_a_person_tries_few_codes_an_hour(tenant: Any, counted: Any) -> None:
    _operator, _seller, buyer = cast()
    somebody, other = counted
    made = grant_voucher(programme=open_for_years(), amount_cents=30_000, user=None)
    for _ in range(OF_A_PERSON - 1):
        with pytest.raises(CodeUnknown):
            redeem_code(code="AAAABBBBCCCC", party=buyer, user=somebody)
    # A right one takes nothing of what is left.
    for _ in range(3):
        redeem_code(code=made.code, party=buyer, user=somebody)
    with pytest.raises(CodeUnknown):
        redeem_code(code="AAAABBBBCCCC", party=buyer, user=somebody)
    with pytest.raises(CodeTriesExceeded) as told:
        redeem_code(code=made.code, party=buyer, user=somebody)
    assert "Réessayez à partir de" in str(told.value)
    assert redeem_code(code=made.code, party=buyer, user=other).pk == made.pk


def test_all_people_together_try_no_more_than_the_site_allows(
    tenant: Any, counted: Any, monkeypatch: Any
) -> None:
    _operator, _seller, buyer = cast()
    assert OF_THE_SITE > OF_A_PERSON
    monkeypatch.setattr("billing.funding.code_tries.OF_THE_SITE", 2)
    for user in counted:
        with pytest.raises(CodeUnknown):
            redeem_code(code="AAAABBBBCCCC", party=buyer, user=user)
    with pytest.raises(CodeTriesExceeded):
        redeem_code(code="AAAABBBBCCCC", party=buyer, user=None)


def test_lists_ask_as_much_for_many_as_for_few(finance: Client) -> None:
    programme = open_for_years()
    counts: dict[str, list[int]] = {LIST: [], SERIES: []}
    for size in (1, 5):
        make_series(programme=programme, name="Salon", size=size, amount_cents=100, user=None)
        for path, seen in counts.items():
            page(finance, path)
            with CaptureQueriesContext(connection) as queries:
                page(finance, path)
            seen.append(len(queries))
    assert all(seen[0] == seen[1] for seen in counts.values()), counts


def test_vouchers_are_for_finance(tenant_client: Client, tenant: Any) -> None:
    programme = open_for_years()
    series = make_series(programme=programme, name="Salon", size=1, amount_cents=100, user=None)
    paths = [LIST, f"{LIST}accorder/", SERIES, f"{SERIES}nouvelle/", f"{SERIES}{series.public_id}/csv/"]
    paths.append(reverse("funding:console_revoke", args=[series.vouchers.get().public_id]))
    for role in ("", "support"):
        tenant_client.force_login(person(role))
        for path in paths:
            assert tenant_client.get(path).status_code == 404
            assert tenant_client.post(path, {"reason": "x"}).status_code in (404, 405)
    assert Voucher.objects.get().state == "granted"
