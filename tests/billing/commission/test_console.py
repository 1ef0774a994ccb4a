"""The editor of commission rules: tried on an example, checked, saved, ended; finance only."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.commission.models import CommissionRule, RuleScope
from billing.commission.operations import open_rule
from billing.commission.preview import Example, try_rules
from billing.commission.queries import chosen_rule, commission_terms, terms_of
from billing.commission.targets import targets_of
from billing.commission.terms import compute_commission
from tests.billing.building import party
from tests.billing.ledger.test_pages import finance, person

__all__ = ["finance"]

PAGE = "/console/commissions/"
TODAY = date(2026, 11, 23)


def values(seller: Any, **more: str) -> dict[str, str]:
    return {
        "scope": "default",
        "priority": "50",
        "rate_percent": "7,5",
        "fixed": "2",
        "minimum": "",
        "maximum": "40,00",
        "valid_from": "2026-01-01",
        "valid_to": "",
        "example_provider": str(seller.public_id),
        "example_price": "100",
        **more,
    }


def default(rate: str = "5.00", **more: Any) -> CommissionRule:
    return open_rule(
        **{
            "priority": 90,
            "scope": "default",
            "rate_percent": Decimal(rate),
            "valid_from": date(2026, 1, 1),
            **more,
        }
    )


def test_a_rule_is_checked_on_an_example_before_it_is_saved(finance: Any) -> None:
    seller = party(role="provider")
    default()
    assert "5" in finance.get(PAGE).content.decode()
    page = finance.post(f"{PAGE}nouvelle/", values(seller)).content.decode()
    assert "Enregistrer cette règle ?" in page
    assert "5,00\xa0€" in page
    assert "9,50\xa0€" in page
    assert "La nouvelle règle s’applique." in page
    assert CommissionRule.objects.count() == 1
    page = finance.post(f"{PAGE}nouvelle/", values(seller, change="1")).content.decode()
    assert 'value="7,5"' in page
    assert finance.post(f"{PAGE}nouvelle/", values(seller, confirm="1")).status_code == 302
    rule = CommissionRule.objects.get(priority=50)
    assert (rule.rate_percent, rule.fixed_cents, rule.max_cents, rule.valid_to) == (
        Decimal("7.50"),
        200,
        4000,
        None,
    )


def test_a_rule_that_another_beats_says_so(finance: Any) -> None:
    seller = party(role="provider")
    default(priority=1)
    page = finance.post(f"{PAGE}nouvelle/", values(seller)).content.decode()
    assert "Une autre règle l’emporte" in page


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"rate_percent": "101"}, "100"),
        ({"scope": "provider"}, "Choisissez à quoi la règle s’applique."),
        ({"minimum": "50"}, "Le maximum ne peut pas être inférieur au minimum."),
        ({"valid_to": "2025-12-31"}, "Indiquez une date de fin qui suit la date de début."),
        ({"example_price": "cher"}, "Indiquez un montant en euros"),
        ({"priority": ""}, "Indiquez un numéro de priorité."),
    ],
)
def test_what_is_wrong_is_said(finance: Any, more: dict[str, str], said: str) -> None:
    answer = finance.post(f"{PAGE}nouvelle/", values(party(role="provider"), **more))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not CommissionRule.objects.exists()


def test_the_same_rule_twice_is_refused(finance: Any) -> None:
    seller = party(role="provider")
    assert finance.post(f"{PAGE}nouvelle/", values(seller, confirm="1")).status_code == 302
    assert finance.post(f"{PAGE}nouvelle/", values(seller, confirm="1")).status_code == 422
    assert CommissionRule.objects.count() == 1


def test_any_sale_can_be_tried(finance: Any) -> None:
    seller = party(role="provider")
    default(min_cents=1000)
    query = f"?example_provider={seller.public_id}&example_price=100"
    assert "Commission : 10,00\xa0€ HT" in finance.get(f"{PAGE}{query}").content.decode()


def test_a_rule_is_ended_once(finance: Any) -> None:
    rule = default()
    address = f"{PAGE}{rule.pk}/terminer/"
    assert finance.post(address, {"on": "2025-12-31"}).status_code == 422
    assert finance.post(address, {"on": "2026-06-30"}).status_code == 302
    rule.refresh_from_db()
    assert rule.valid_to == date(2026, 6, 30)
    assert finance.post(address, {"on": "2026-07-31"}).status_code == 422
    assert "Règles terminées" in finance.get(PAGE).content.decode()


def test_rubrics_are_lent_with_their_way_up(tenant: Any) -> None:
    from services.catalogue.models import Category

    root = Category.objects.create(slug="logistique", name="Logistique")
    Category.objects.create(slug="transport", name="Transport", parent=root)
    found = {target.value: target for target in targets_of(RuleScope.CATEGORY)}
    assert found["transport"].path == ("transport", "logistique")
    assert found["transport"].label == "Logistique › Transport"


@pytest.mark.parametrize("path", ["", "nouvelle/", "1/terminer/"])
def test_the_rules_are_for_finance(tenant: Any, tenant_client: Any, path: str) -> None:
    assert tenant_client.get(f"{PAGE}{path}").status_code == 302
    tenant_client.force_login(person("support@exemple.example", "support"))
    assert tenant_client.get(f"{PAGE}{path}").status_code == 404


rules = st.lists(
    st.builds(
        dict,
        priority=st.integers(1, 3),
        scope=st.sampled_from(["default", "category", "provider", "programme"]),
        pick=st.integers(0, 1),
        rate=st.integers(0, 100),
        low=st.integers(0, 3000),
        span=st.none() | st.integers(0, 5000),
        fixed=st.integers(0, 500),
        starts=st.integers(0, 3),
        days=st.none() | st.integers(0, 3),
    ),
    max_size=8,
)


@given(drawn=rules, price=st.integers(0, 500000), day=st.integers(0, 6), with_programme=st.booleans())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_choice_is_the_first_of_a_naive_order_and_the_preview_is_the_sale(
    tenant: Any, drawn: list[dict[str, Any]], price: int, day: int, with_programme: bool
) -> None:
    from django.db import transaction

    categories = ("enfant", "parent")
    programme = "cheque" if with_programme else None
    with transaction.atomic():
        seller, other = party(role="provider"), party(role="provider")
        targets = {
            "default": ("", ""),
            "category": categories,
            "provider": (str(seller.public_id), str(other.public_id)),
            "programme": ("cheque", "autre"),
        }
        on = date(2026, 3, 1 + day)
        made = []
        for one in drawn:
            starts = date(2026, 3, 1 + one["starts"])
            known = {(rule.priority, rule.scope, rule.target, rule.valid_from) for rule in made}
            target = targets[one["scope"]][one["pick"]]
            if (one["priority"], one["scope"], target, starts) in known:
                continue
            made.append(
                open_rule(
                    priority=one["priority"],
                    scope=one["scope"],
                    target=target,
                    rate_percent=Decimal(one["rate"]),
                    fixed_cents=one["fixed"],
                    min_cents=one["low"],
                    max_cents=None if one["span"] is None else one["low"] + one["span"],
                    valid_from=starts,
                    valid_to=None if one["days"] is None else date(2026, 3, starts.day + one["days"]),
                )
            )
        order = ["programme", "provider", "category", "default"]
        fits = {
            "default": lambda rule: True,
            "category": lambda rule: rule.target in categories,
            "provider": lambda rule: rule.target == str(seller.public_id),
            "programme": lambda rule: programme is not None and rule.target == programme,
        }
        naive = None
        for rule in sorted(
            made,
            key=lambda rule: (
                rule.priority,
                order.index(rule.scope),
                categories.index(rule.target) if rule.scope == "category" else 0,
                -rule.valid_from.toordinal(),
            ),
        ):
            valid = rule.valid_from <= on and (rule.valid_to is None or on <= rule.valid_to)
            if valid and fits[rule.scope](rule):
                naive = rule
                break
        terms = commission_terms(
            seller=seller, categories=categories, on=on, programmes=[programme] if programme else []
        )
        assert terms.rule_id == (naive.pk if naive else None)
        example = Example(seller, categories, programme, price, on)
        tried = try_rules(example)
        assert (tried.terms, tried.commission_cents) == (terms, compute_commission(terms, price))
        assert 0 <= tried.commission_cents <= price
        if made:
            # A candidate changes exactly what its being saved would change.
            candidate = made.pop()
            saved = try_rules(example)
            candidate.delete()
            unsaved = CommissionRule(
                **{
                    field.attname: getattr(candidate, field.attname)
                    for field in CommissionRule._meta.fields
                    if field.attname != "id"
                }
            )
            assert try_rules(example, unsaved).commission_cents == saved.commission_cents
        transaction.set_rollback(True)


def test_no_rule_no_commission(tenant: Any) -> None:
    seller = party(role="provider")
    assert chosen_rule([], seller=seller, categories=[]) is None
    assert compute_commission(terms_of(None), 10000) == 0
