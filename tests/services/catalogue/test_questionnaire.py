"""Which questions given answers call for, and the page on which a provider writes them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.rules.errors import RuleInvalid
from services.catalogue.intake import asked_fields, condition_of, condition_on, condition_words
from services.catalogue.models import Service
from services.catalogue.offers import freeze_offer
from services.catalogue.operations import publish_service
from services.catalogue.writing import start_version
from tests.services.catalogue.building import log_in, new_provider, new_service, new_user
from tests.services.catalogue.conftest import Shop

LOGO = {
    "key": "logo",
    "label": "Avez-vous un logo ?",
    "label_en": "Do you have a logo?",
    "type": "choice",
    "required": True,
    "help": "",
    "choices": [{"value": "oui", "label": "Oui", "label_en": "Yes"}, {"value": "non", "label": "Non"}],
}
PAGES = {"key": "pages", "label": "Combien de pages ?", "type": "number", "required": True, "help": ""}
FILE = {
    "key": "fichier",
    "label": "Joignez-le",
    "type": "file",
    "required": True,
    "condition": condition_on(LOGO, "oui"),
}
PLAN = {
    "key": "plan",
    "label": "Le plan",
    "type": "text",
    "required": True,
    "condition": condition_on(PAGES, "5"),
}
MODES = {
    "key": "modes",
    "label": "Modes",
    "type": "multi_choice",
    "required": False,
    "choices": [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}],
    "condition": condition_on(LOGO, "non"),
}
MORE = {
    "key": "suite",
    "label": "Suite",
    "type": "text",
    "required": False,
    "condition": condition_on(MODES, "b"),
}
FORM = [LOGO, PAGES, FILE, PLAN, MODES, MORE]


def keys(answers: dict[str, Any]) -> list[str]:
    return [field["key"] for field in asked_fields(FORM, answers)]


def test_a_question_waits_for_the_answer_it_depends_on() -> None:
    assert keys({}) == ["logo", "pages"]
    assert keys({"logo": "oui", "pages": "4.5"}) == ["logo", "pages", "fichier"]
    assert keys({"logo": "non", "pages": "5"}) == ["logo", "pages", "plan", "modes"]
    assert keys({"logo": "non", "modes": ["a", "b"]}) == ["logo", "pages", "modes", "suite"]
    # An answer to a question that is not asked any more calls for nothing.
    assert keys({"logo": "oui", "modes": ["b"]}) == ["logo", "pages", "fichier"]
    # What the rule engine cannot read is not known.
    assert keys({"logo": "autre", "pages": "beaucoup"}) == ["logo", "pages"]


@given(
    logo=st.sampled_from(["", "oui", "non"]),
    pages=st.sampled_from(["", "0", "4.999", "5", "12"]),
    modes=st.lists(st.sampled_from(["a", "b"]), unique=True),
)
def test_asked_questions_are_those_of_a_plain_reading(logo: str, pages: str, modes: list[str]) -> None:
    expected = ["logo", "pages"]
    expected += ["fichier"] if logo == "oui" else []
    expected += ["plan"] if pages and float(pages) >= 5 else []
    expected += ["modes"] if logo == "non" else []
    expected += ["suite"] if logo == "non" and "b" in modes else []
    assert keys({"logo": logo, "pages": pages, "modes": modes}) == expected


def test_a_condition_speaks_of_what_is_asked_before_in_words() -> None:
    assert condition_words(FILE, [LOGO]) == "Avez-vous un logo ? : Oui"
    assert condition_words(PLAN, [LOGO, PAGES]) == "Combien de pages ? : au moins 5"
    with pytest.raises(RuleInvalid):
        condition_of(FILE, [PAGES])
    # A form that lost what it depends on asks rather than stays silent.
    assert [one["key"] for one in asked_fields([FILE], {})] == ["fichier"]


@pytest.fixture
def draft(shop: Shop, tenant_client: Any) -> Service:
    """The next version of a published service, its owner logged in."""
    user = new_user("contact@photo.example")
    party = new_provider("photo", user=user)
    service = new_service(party, shop.creation, slug="photos", name="Photos")
    log_in(tenant_client, user)
    return start_version(service_id=service.pk)


def typed(*rows: dict[str, str], do: str = "leave") -> dict[str, str]:
    """What the page posts."""
    found = {"rows": str(len(rows)), "do": do}
    for number, row in enumerate(rows):
        found |= {f"{number}-{name}": value for name, value in row.items()}
    return found


CHOICE = {
    "key": "logo",
    "label": "Un logo ?",
    "type": "choice",
    "choices": "Oui | Yes\nNon",
    "required": "oui",
}
PICTURE = {"key": "image", "label": "Joignez-le", "type": "file", "condition": "logo:oui", "group": "Images"}


def test_questions_are_written_moved_and_asked(draft: Service, tenant_client: Any) -> None:
    page = f"/prestataire/services/{draft.slug}/ecrire/questionnaire/"
    assert tenant_client.get(page).status_code == 200
    added = tenant_client.post(page, typed(CHOICE, do="add")).content.decode()
    assert 'name="1-key" value="question-1"' in added
    assert 'value="logo:non">Si « Un logo ? » : Non<' in added
    # A question that stands before what it depends on is refused, at its row.
    refused = tenant_client.post(page, typed(PICTURE, CHOICE))
    assert refused.status_code == 422
    assert "Choisissez une réponse à une question posée avant." in refused.content.decode()
    parted = tenant_client.post(page, typed(CHOICE, PICTURE, do="up-1")).content.decode()
    assert 'value="logo:oui" selected>À choisir à nouveau' in parted
    moved = tenant_client.post(page, typed(PICTURE, CHOICE, do="move-1-0")).content.decode()
    assert moved.index("Un logo ?") < moved.index("Joignez-le")
    few = tenant_client.post(page, typed({**CHOICE, "choices": "Oui"}))
    assert "Indiquez de 2 à 30 réponses" in few.content.decode()
    assert tenant_client.post(page, typed(CHOICE, PICTURE, {"key": "", "label": ""})).status_code == 302
    version = draft.intake_forms.first()
    assert version is not None
    assert [field["key"] for field in version.fields] == ["logo", "image"]
    assert version.fields[0]["choices"] == [
        {"value": "oui", "label": "Oui", "label_en": "Yes"},
        {"value": "non", "label": "Non", "label_en": ""},
    ]
    assert version.fields[1]["group"] == "Images"
    # The page shows what it keeps, and keeping it again makes no new version.
    assert 'value="logo:oui" selected' in tenant_client.get(page).content.decode()
    assert tenant_client.post(page, typed(CHOICE, PICTURE)).status_code == 302
    assert draft.intake_forms.first() == version


def test_a_number_to_reach_is_asked_for_and_kept(draft: Service, tenant_client: Any) -> None:
    page = f"/prestataire/services/{draft.slug}/ecrire/questionnaire/"
    count = {"key": "pages", "label": "Pages ?", "type": "number", "required": "oui"}
    plan = {"key": "plan", "label": "Plan", "type": "text", "condition": "pages:number"}
    refused = tenant_client.post(page, typed(count, plan))
    assert "Indiquez le nombre à partir duquel" in refused.content.decode()
    tenant_client.post(page, typed(count, {**plan, "at_least": "5,50"}))
    form = draft.intake_forms.first()
    assert form is not None
    assert form.fields[1]["condition"] == condition_on({"key": "pages", "type": "number"}, "5.5")
    assert 'value="5,5"' in tenant_client.get(page).content.decode()


def test_an_order_keeps_its_questions_when_others_are_published(draft: Service, tenant_client: Any) -> None:
    page = f"/prestataire/services/{draft.slug}/ecrire/questionnaire/"
    tenant_client.post(page, typed(CHOICE))
    shown = publish_service(service_id=draft.pk, actor=None)
    before = freeze_offer(shown, answers={"logo": "oui"})
    version = start_version(service_id=shown.pk)
    tenant_client.post(
        f"/prestataire/services/{version.slug}/ecrire/questionnaire/", typed({**CHOICE, "label": "Autre ?"})
    )
    publish_service(service_id=version.pk, actor=None)
    after = freeze_offer(Service.objects.get(pk=shown.pk))
    assert before["intake"]["fields"][0]["label"] == "Un logo ?"
    assert after["intake"]["fields"][0]["label"] == "Autre ?"
    assert after["intake"]["version"] == before["intake"]["version"] + 1


def test_a_provider_tries_the_questions_and_keeps_nothing(draft: Service, tenant_client: Any) -> None:
    tenant_client.post(f"/prestataire/services/{draft.slug}/ecrire/questionnaire/", typed(CHOICE, PICTURE))
    page = f"/prestataire/questionnaires/{draft.slug}/"
    shown = tenant_client.get(page).content.decode()
    assert "Questions non posées avec ces réponses" in shown
    assert "Un logo ? : Oui" in shown.replace("\xa0", " ")
    tried = tenant_client.get(page, {"essai": "1", "logo-answer": "oui"}).content.decode()
    assert "Questions non posées" not in tried
    assert 'id="q-image"' in tried
    assert "Répondez à la question" in tenant_client.get(page, {"essai": "1"}).content.decode()
    assert tenant_client.get("/prestataire/questionnaires/inconnu/").status_code == 404
