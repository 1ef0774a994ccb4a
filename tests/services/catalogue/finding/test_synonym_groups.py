"""The operator's own words of the same meaning."""

from __future__ import annotations

from typing import Any

import pytest

from services.catalogue.errors import SynonymsRefused
from services.catalogue.finding.synonym_groups import add_synonyms, read_terms
from services.catalogue.finding.synonyms import forget_synonyms
from services.catalogue.models import SynonymGroup
from tests.services.catalogue.building import log_in, new_user
from tests.services.catalogue.conftest import Shop
from tests.services.catalogue.test_shop_pages import text_of


@pytest.fixture(autouse=True)
def fresh_synonyms(tenant: Any) -> Any:
    forget_synonyms()
    yield
    forget_synonyms()


@pytest.mark.parametrize(
    ("written", "terms"),
    [
        ("enseigne, panneau", ["enseigne", "panneau"]),
        ("enseigne ,, panneau;\n Panneau , panneau  lumineux", ["enseigne", "panneau", "panneau lumineux"]),
    ],
)
def test_terms_are_read_once_each(written: str, terms: list[str]) -> None:
    assert read_terms(written) == terms


@pytest.mark.parametrize(
    "written",
    [
        "",
        "enseigne",
        "enseigne, Enseigne",
        "enseigne, de la",
        "a" * 61 + ", b2",
        ",".join(f"m{n}" for n in range(21)),
    ],
)
def test_terms_that_are_refused(written: str) -> None:
    with pytest.raises(SynonymsRefused):
        read_terms(written)


def test_the_search_follows_each_change_at_once(
    shop: Shop, tenant_client: Any, django_capture_on_commit_callbacks: Any
) -> None:
    log_in(tenant_client, new_user("catalogue@example.org", role="catalogue"))

    def finds(words: str) -> bool:
        return (
            'href="/services/site-vitrine/"' in tenant_client.get("/services/", {"q": words}).content.decode()
        )

    def post(address: str, **data: str) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return tenant_client.post(address, data, follow=True)

    assert not finds("devanture")
    assert "La recherche connaît maintenant" in text_of(
        post("/console/mots/", terms="devanture, site vitrine")
    )
    assert finds("devanture")
    group = SynonymGroup.objects.get()
    post(f"/console/mots/{group.pk}/", terms="echoppe, site vitrine")
    assert not finds("devanture")
    assert finds("échoppe")
    gone = post(f"/console/mots/{group.pk}/supprimer/")
    assert "Aucun groupe propre à cet espace." in text_of(gone)
    assert not finds("échoppe")


def test_a_refused_group_says_why(shop: Shop, tenant_client: Any) -> None:
    log_in(tenant_client, new_user("catalogue@example.org", role="catalogue"))
    group = add_synonyms(written="enseigne, panneau")
    for address in ("/console/mots/", f"/console/mots/{group.pk}/"):
        refused = tenant_client.post(address, {"terms": "seul"})
        assert refused.status_code == 422
        assert "Indiquez de deux à vingt mots" in text_of(refused)
    group.refresh_from_db()
    assert group.terms == ["enseigne", "panneau"]


def test_strangers_change_nothing(shop: Shop, tenant_client: Any) -> None:
    group = add_synonyms(written="enseigne, panneau")
    log_in(tenant_client, new_user("finance@example.org", role="finance"))
    for address in ("/console/mots/", f"/console/mots/{group.pk}/", f"/console/mots/{group.pk}/supprimer/"):
        assert tenant_client.post(address, {"terms": "a1, b1"}).status_code == 404
    assert SynonymGroup.objects.get().terms == ["enseigne", "panneau"]
