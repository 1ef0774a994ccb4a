"""The demonstration's data hold together: references, shares, check digits, lengths, dates, addresses."""

from __future__ import annotations

import csv
import datetime
import gzip
import io
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from stdnum import luhn

from pepiniere.demonstration.source import DATA

Row = dict[str, Any]
STEPS = {"idee", "creation", "lancement", "croissance", "difficulte", "transmission"}
QUESTION_TYPES = {"text", "long_text", "choice", "multi_choice", "number", "date", "file", "url", "address"}


@cache
def content(name: str) -> Any:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


@cache
def communes() -> dict[str, Row]:
    with gzip.open(DATA / "communes.csv.gz") as stream:
        rows = list(csv.DictReader(io.TextIOWrapper(stream, encoding="utf-8")))
    assert len(rows) == len({row["code"] for row in rows}) > 34_000
    return {row["code"]: row for row in rows}


def departments() -> dict[str, str]:
    return {row["code"]: row["region"] for row in content("departments.json")["departments"]}


def regions() -> set[str]:
    return {row["code"] for row in content("regions.json")["regions"]}


def naf() -> set[str]:
    return {row["code"] for row in content("naf.json")["codes"]}


def slugs(rows: list[Row], key: str = "slug") -> set[str]:
    found = [row[key] for row in rows]
    assert len(found) == len(set(found)), f"{key} twice"
    if key == "slug":
        assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) for slug in found)
    return set(found)


def categories() -> tuple[set[str], set[str]]:
    rows = content("catalogue.json")["categories"]
    return slugs(rows), slugs([child for row in rows for child in row["children"]])


def services() -> list[Row]:
    return list(content("catalogue.json")["services"])


def providers() -> list[Row]:
    return list(content("providers.json")["providers"])


def tenants() -> list[Row]:
    return list(content("tenants.json")["tenants"])


def people() -> Row:
    return dict(content("people.json")["tenants"])


def businesses() -> list[Row]:
    return [business for space in people().values() for business in space["businesses"]]


def identified() -> list[Row]:
    operators = [tenant["operator"] for tenant in tenants()]
    return [*providers(), *operators, *(row for row in businesses() if row["state"] == "active")]


def named(row: Row) -> str:
    return str(row.get("slug") or row["name"])


def check_address(row: Row) -> None:
    address = row["address"]
    commune = communes()[address["commune_code"]]
    assert commune["name"] == address["town"]
    assert address["postal_code"] in commune["postal_codes"].split()
    assert commune["department"] == address["department"]


def is_date(text: str) -> bool:
    return bool(datetime.date.fromisoformat(text))


def test_places_refer_to_each_other() -> None:
    assert set(departments().values()) <= regions()
    assert {row["department"] for row in communes().values()} <= set(departments())
    assert len(naf()) == 732


@pytest.mark.parametrize("row", identified(), ids=named)
def test_identities_are_of_the_demonstration_block(row: Row) -> None:
    assert re.fullmatch(r"000000\d{3}", row["siren"])
    assert luhn.is_valid(row["siren"])
    assert re.fullmatch(r"\d{14}", row["siret"])
    assert row["siret"].startswith(row["siren"])
    assert luhn.is_valid(row["siret"])
    if row["vat_regime"] == "normal":
        key = (12 + 3 * (int(row["siren"]) % 97)) % 97
        assert row["vat_number"] == f"FR{key:02d}{row['siren']}"
    else:
        assert row["vat_regime"] == "franchise"
        assert row["vat_number"] is None
    assert row["email"].endswith(".example")
    check_address(row)


def test_no_identity_is_used_twice() -> None:
    slugs(identified(), "siren")


@pytest.mark.parametrize("row", businesses(), ids=named)
def test_businesses_are_registered_or_in_creation(row: Row) -> None:
    check_address(row)
    assert row["owner"]["email"].endswith(".example")
    assert re.fullmatch(r"\+33199000\d{3}", row["phone"])
    if row["state"] == "active":
        assert row["naf"] in naf()
        assert is_date(row["founded_on"])
    else:
        assert row["state"] == "in_creation"
        assert row["siren"] is row["siret"] is row["vat_number"] is None


def test_people_cover_every_space_and_provider() -> None:
    assert set(people()) == {tenant["slug"] for tenant in tenants()}
    codes = [space["number_code"] for space in people().values()]
    assert len(codes) == len(set(codes))
    for space in people().values():
        assert set(space["staff"]) == {"administrator", "catalogue", "finance", "support"}
    assert set(content("people.json")["provider_owners"]) == {row["slug"] for row in providers()}


def test_services_hang_on_leaves() -> None:
    parents, leaves = categories()
    assert not parents & leaves
    assert len(slugs(services())) == 60
    assert {service["category"] for service in services()} == leaves


@pytest.mark.parametrize("service", services(), ids=named)
def test_a_service_is_complete(service: Row) -> None:
    if service["price_kind"] == "quote":
        assert service["price_cents"] is None
        assert 0 < service["indicative_min_cents"] < service["indicative_max_cents"]
    else:
        assert service["price_kind"] in {"fixed", "unit", "subscription"}
        assert service["price_cents"] > 0
    assert service["vat_rate"] in (20, 10, 5.5, "exempt")
    assert (service["vat_rate"] == "exempt") == bool(service.get("vat_exemption_reason"))
    assert 60 <= len(service["description"].split()) <= 120
    assert len(service["options"]) <= 4
    assert all(option["price_cents"] > 0 for option in service["options"])
    assert 3 <= len(service["intake_form"]) <= 8
    slugs(service["intake_form"], "key")
    for question in service["intake_form"]:
        assert question["type"] in QUESTION_TYPES
        assert question["label"]
        assert question["label_en"]
        assert (question["type"] in {"choice", "multi_choice"}) == bool(question.get("choices"))
    assert 1 <= len(service["milestones"]) <= 5
    assert sum(part["share_percent"] for part in service["milestones"]) == 100
    for key in ("deliverables", "cancellation_terms", "summary", "summary_en", "name_en", "unit"):
        assert service[key]
    assert service["lead_time_days"] > 0
    assert service["rounds_of_changes"] >= 0


def test_providers_offer_every_service() -> None:
    known = slugs(services())
    assert len(slugs(providers())) == 18
    for provider in providers():
        assert provider["fictitious"] is True
        assert provider["naf"] in naf()
        assert departments()[provider["address"]["department"]] == provider["address"]["region"]
        assert provider["services"]
        assert set(provider["services"]) <= known
    assert {slug for provider in providers() for slug in provider["services"]} == known


@pytest.mark.parametrize("tenant", tenants(), ids=named)
def test_a_space_refers_to_what_exists(tenant: Row) -> None:
    parents, leaves = categories()
    assert re.fullmatch(r"#[0-9A-F]{6}", tenant["brand"]["primary"])
    assert tenant["region_code"] in regions()
    assert set(tenant["departments"]) <= set(departments())
    assert set(tenant["providers"]) <= {row["slug"] for row in providers()}
    pools: dict[str, set[Any]] = {
        "category": parents | leaves,
        "provider": {row["slug"] for row in providers()},
        "programme": slugs(tenant["programmes"]),
        "default": {None},
    }
    for rule in tenant["commission_rules"]:
        assert rule["target"] in pools[rule["scope"]]
        assert 0 <= rule["rate_percent"] < 100
        assert 0 <= rule["min_cents"] <= rule["max_cents"]
    assert [rule["scope"] for rule in tenant["commission_rules"]].count("default") == 1
    for programme in tenant["programmes"]:
        facts = programme["eligibility"]
        assert 0 < programme["rate_percent"] <= 100
        assert 0 < programme["cap_cents"] <= programme["budget_cents"]
        assert programme["min_spend_cents"] >= 0
        assert is_date(programme["starts_on"])
        assert programme["starts_on"] < programme["ends_on"]
        assert set(facts["departments"]) <= set(departments())
        assert set(facts["categories"]) <= parents | leaves
    calendar = tenant["calendar"]
    closures = [closure[end] for closure in calendar["closures"] for end in ("from", "to")]
    assert all(is_date(day) for day in [*calendar["public_holidays"], *closures])


def test_aids_say_where_they_come_from() -> None:
    rows = content("aids.json")["aids"]
    slugs(rows)
    for aid in rows:
        assert aid["kind"] in {"grant", "loan", "exemption", "advice", "tax_credit"}
        assert aid["confidence"] in {"verified", "general_knowledge"}
        assert aid["source_title"]
        assert is_date(aid["facts_as_of"])
        assert set(aid["steps"]) <= STEPS
        read = aid["source_kind"] in {"official_or_public_body", "secondary"}
        assert (aid["confidence"] == "verified") == read
        territory = aid["territory"]
        assert territory["scope"] in {"national", "region", "zoned"}
        assert set(territory["regions"]) <= regions()
        assert set(territory["departments"]) <= set(departments())
        assert aid["rate_percent"] is None or 0 < aid["rate_percent"] <= 100
        assert aid["cap_cents"] is None or aid["cap_cents"] > 0


def test_cases_are_marked_as_illustrations() -> None:
    rows, known = content("cases.json")["cases"], slugs(services())
    assert len(slugs(rows)) == 25
    for case in rows:
        assert case["illustrative"] is True
        assert is_date(case["review_by"])
        assert case["naf"] in naf()
        assert set(case["services"]) <= known
        for key in ("cost_range_cents", "first_year_turnover_range_cents"):
            low, high = case[key]
            assert 0 < low < high


def test_scams_and_guides_are_complete() -> None:
    scams, guides = content("scams.json")["scams"], content("guides.json")["guides"]
    assert len(slugs(scams)) == 15
    for scam in scams:
        assert len(scam["signs"]) >= 3
        assert scam["authorities"]
        assert len(scam["look_alike_keywords"]) >= 3
    aids, known = slugs(content("aids.json")["aids"]), slugs(services())
    assert len(slugs(guides)) == 20
    assert {guide["step"] for guide in guides} == STEPS
    for guide in guides:
        assert 100 <= len(guide["body"].split()) <= 150
        assert set(guide["aids"]) <= aids
        assert set(guide["services"]) <= known
        assert is_date(guide["review_by"])


@pytest.mark.parametrize("path", [*DATA.glob("*.json"), *DATA.glob("*.md")], ids=lambda path: path.name)
def test_no_file_holds_an_address_of_the_web_or_a_broken_character(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "\ufffd" not in text
    assert "://" not in text
