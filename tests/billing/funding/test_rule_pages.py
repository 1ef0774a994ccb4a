"""The pages of rules: written row by row without scripts, tried, published, by the finance desk alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from billing.funding.models import Programme, RuleRevision
from billing.funding.revisions import add_example
from tenants.accounts.models import StaffRole, User
from tests.billing.funding.making import programme

BASE = "/console/dispositifs/"


def person(role: str = "") -> User:
    user = User.objects.create_user(
        email=f"{role or 'personne'}@exemple.example", password="x", full_name="A B"
    )
    if role:
        StaffRole.objects.create(user=user, role=role)
    return user


@pytest.fixture
def made(tenant: Any) -> Programme:
    return programme()


@pytest.fixture
def finance(tenant_client: Client) -> Client:
    tenant_client.force_login(person("finance"))
    return tenant_client


@pytest.fixture
def draft(finance: Client, made: Programme) -> RuleRevision:
    answer = finance.post(f"{BASE}cheque/regles/")
    assert answer.headers["Location"] == f"{BASE}cheque/regles/2/modifier/"
    return made.revisions.get(number=2)


def page_of(answer: Any) -> str:
    return str(answer.content.decode())


def form_of(page: str) -> dict[str, list[str]]:
    """What a browser without scripts would post of the editor."""
    fields: dict[str, list[str]] = {}
    body = page[page.index('id="rule-rows"') : page.rindex("</form>")]
    for tag in re.findall(r"<input [^>]*>", body):
        name = re.search(r' name="([^"]+)"', tag)
        if name is None or ('type="checkbox"' in tag and " checked" not in tag):
            continue
        value = re.search(r' value="([^"]*)"', tag)
        fields.setdefault(name[1], []).append(value[1] if value else "")
    for name_, options in re.findall(r'<select [^>]*?name="([^"]+)"[^>]*>(.*?)</select>', body, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        fields[name_] = [chosen[1] if chosen else ""]
    return fields


def test_only_the_finance_desk_comes_in(tenant_client: Client, made: Programme) -> None:
    pages = [BASE, f"{BASE}cheque/", f"{BASE}cheque/regles/1/"]
    assert tenant_client.get(BASE).status_code == 302
    for role in ("", "support", "catalogue"):
        tenant_client.force_login(person(role))
        assert [tenant_client.get(page).status_code for page in pages] == [404, 404, 404]
        assert tenant_client.post(f"{BASE}cheque/regles/").status_code == 404
    tenant_client.force_login(person("finance"))
    assert [tenant_client.get(page).status_code for page in pages] == [200, 200, 200]
    assert tenant_client.get(f"{BASE}autre/").status_code == 404
    assert tenant_client.get(f"{BASE}cheque/regles/9/").status_code == 404


def test_a_published_rule_is_shown_and_cannot_be_written(finance: Client, made: Programme) -> None:
    shown = page_of(finance.get(f"{BASE}cheque/regles/1/"))
    assert "Ancienneté de l’entreprise : moins de 3 ans" in shown
    assert "Remplit toutes les conditions" in shown
    for act in ("modifier", "publier", "abandonner"):
        assert finance.get(f"{BASE}cheque/regles/1/{act}/").status_code == 404
        assert finance.post(f"{BASE}cheque/regles/1/{act}/").status_code == 404
    finance.post(f"{BASE}cheque/regles/1/", {"do": "keep", "expected": "yes", "name": "Neuf"})
    assert not made.revisions.get().examples.filter(name="Neuf").exists()


def test_rows_are_added_changed_and_removed_without_scripts(finance: Client, draft: RuleRevision) -> None:
    address = f"{BASE}cheque/regles/2/modifier/"
    form = form_of(page_of(finance.get(address)))
    assert form["n-1-fact"] == ["business.age"]
    assert form["n-1-value"] == ["3"]

    page = page_of(finance.post(address, {**form, "do": "add:"}))
    form = form_of(page)
    assert form["n-4-fact"] == [""]
    draft.refresh_from_db()
    assert len(draft.document["root"]["rows"]) == 3, "nothing is kept before it is saved"

    # Another fact: its comparisons and its field come with the next press of any button.
    page = page_of(finance.post(address, {**form, "n-4-fact": "business.vat_regime", "do": "refresh"}))
    assert "Franchise en base de TVA" in page
    form = form_of(page)
    assert form["n-4-operator"] == ["eq"]
    form["n-4-value"] = ["franchise"]

    form = form_of(page_of(finance.post(address, {**form, "do": "up:4"})))
    form = form_of(page_of(finance.post(address, {**form, "do": "remove:1"})))
    form = form_of(page_of(finance.post(address, {**form, "do": "group:"})))
    assert form["n-4-kind"] == ["group"]
    form |= {"n-4-1-fact": ["@human"]}
    form = form_of(page_of(finance.post(address, {**form, "do": "refresh"})))
    form |= {"n-4-1-met_fr": ["Le projet est suivi par la couveuse."], "note": ["Essai"]}
    saved = finance.post(address, {**form, "do": "save"})
    assert saved.headers["Location"] == f"{BASE}cheque/regles/2/"
    draft.refresh_from_db()
    rows = draft.document["root"]["rows"]
    assert [row.get("fact") for row in rows] == [
        "business.headcount",
        "business.vat_regime",
        "service.categories",
        None,
    ]
    assert rows[3]["rows"][0]["operator"] == "human"
    assert draft.note == "Essai"
    assert draft.author is not None


def test_faults_are_said_at_their_rows_and_nothing_typed_is_lost(
    finance: Client, draft: RuleRevision
) -> None:
    address = f"{BASE}cheque/regles/2/modifier/"
    form = form_of(page_of(finance.get(address)))
    answer = finance.post(address, {**form, "n-1-value": "beaucoup", "valid_from": "", "do": "save"})
    page = page_of(answer)
    assert answer.status_code == 422
    assert "Ligne 1 : Indiquez un nombre." in page
    assert 'href="#n-1-value"' in page
    assert form_of(page)["n-1-value"] == ["beaucoup"]
    without_date = finance.post(address, {**form, "valid_from": "", "do": "save"})
    assert without_date.status_code == 422
    assert "Indiquez la date d’effet." in page_of(without_date)
    past = finance.post(address, {**form, "valid_from": "2026-01-02", "do": "save"})
    assert "Choisissez une date à partir d’aujourd’hui." in page_of(past)


def test_a_case_is_tried_and_kept(finance: Client, draft: RuleRevision) -> None:
    address = f"{BASE}cheque/regles/2/"
    tried = finance.post(address, {"do": "try", "case-business.age": "5"})
    page = page_of(tried)
    assert tried.status_code == 200
    assert "Constaté : 5 ans." in page
    before = draft.examples.count()
    kept = {
        "case-business.age": "2,5",
        "case-business.headcount": "4",
        "case-service.categories": "site",
        "do": "keep",
        "expected": "yes",
        "name": "Deux ans et demi",
    }
    assert finance.post(address, kept).status_code == 302
    assert draft.examples.count() == before + 1
    none = {"case-service.categories": "none", "do": "keep", "expected": "no", "name": "Aucune rubrique"}
    assert finance.post(address, none).status_code == 302
    assert draft.examples.get(name="Aucune rubrique").facts == {"service.categories": []}
    assert draft.examples.get(name="Deux ans et demi").facts["business.age"] == "2.5"
    wrong = finance.post(address, {"do": "try", "case-business.age": "vieux"})
    assert wrong.status_code == 422
    assert 'href="#case-business.age"' in page_of(wrong)


def test_suggested_cases_are_kept_with_one_press(finance: Client, draft: RuleRevision) -> None:
    draft.examples.all().delete()
    address = f"{BASE}cheque/regles/2/"
    page = page_of(finance.get(address))
    assert "Il manque" in page
    assert f'href="{address}publier/"' not in page
    suggestion = 'type="hidden" name="do" value="keep">'
    for _number in range(10):
        if suggestion not in page:
            break
        form = page[page.index(suggestion) :]
        form = form[: form.index("</form>")]
        hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))
        first = not draft.examples.exists()
        finance.post(address, {**hidden, "do": "keep", "expected": "yes" if first else "no"})
        page = page_of(finance.get(address))
    assert f'href="{address}publier/"' in page


def test_published_after_a_last_look_with_what_changed(finance: Client, draft: RuleRevision) -> None:
    edit = f"{BASE}cheque/regles/2/modifier/"
    form = form_of(page_of(finance.get(edit)))
    finance.post(edit, {**form, "n-1-value": "4", "do": "save"})
    draft.refresh_from_db()
    page = page_of(finance.get(f"{BASE}cheque/regles/2/"))
    assert "Ancienneté de l’entreprise : moins de 4 ans</ins>" in page
    assert "Ancienneté de l’entreprise : moins de 3 ans</del>" in page
    assert "Réponse inattendue" in page, "the example on the old limit now comes out otherwise"
    publish = f"{BASE}cheque/regles/2/publier/"
    assert "ne peut pas encore être publiée" in page_of(finance.get(publish))
    finance.post(publish)
    draft.refresh_from_db()
    assert draft.is_draft

    for example in draft.examples.filter(facts__contains={"business.age": "3"}, expected="no"):
        finance.post(f"{BASE}cheque/regles/2/exemples/{example.pk}/retirer/")
    add_example(
        revision_id=draft.pk,
        name="Quatre ans",
        facts={"business.age": "4", "business.headcount": "9", "service.categories": ["site"]},
        judged_on=draft.valid_from,
        expected="no",
    )
    assert "Publier la règle" in page_of(finance.get(publish))
    finance.post(publish)
    draft.refresh_from_db()
    assert not draft.is_draft
    assert draft.published_by is not None
    history = page_of(finance.get(f"{BASE}cheque/"))
    assert "En vigueur" in history
    assert "Remplacée" in history


def test_a_draft_is_thrown_away_after_asking(finance: Client, made: Programme, draft: RuleRevision) -> None:
    address = f"{BASE}cheque/regles/2/abandonner/"
    assert "seront perdus" in page_of(finance.get(address))
    assert finance.post(address).headers["Location"] == f"{BASE}cheque/"
    assert made.revisions.count() == 1


def test_one_draft_at_a_time(finance: Client, draft: RuleRevision) -> None:
    assert finance.post(f"{BASE}cheque/regles/").headers["Location"] == f"{BASE}cheque/"
    assert "déjà en préparation" in page_of(finance.get(f"{BASE}cheque/"))


def test_no_programme_and_a_rule_that_cannot_be_read(finance: Client, tenant: Any) -> None:
    assert "Aucun dispositif." in page_of(finance.get(BASE))
    made = programme()
    made.revisions.update(
        document={"schema": 1, "root": {"group": "all", "rows": [{"fact": "gone", "operator": "eq"}]}}
    )
    assert "ne peut plus être lue" in page_of(finance.get(f"{BASE}cheque/regles/1/"))


def test_the_public_page_says_the_rule(tenant_client: Client, made: Programme) -> None:
    page = page_of(tenant_client.get("/dispositifs/cheque/"))
    assert "Effectif de l’entreprise : moins de 10 salariés" in page
    assert "de minimis" in page
