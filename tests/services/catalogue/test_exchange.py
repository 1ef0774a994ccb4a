"""Services as files: out and in again, safe in spreadsheets, reported line by line, never half imported."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.outbox.running import run_pending
from kernel.web.exports import csv_response
from services.catalogue.contents import written_of
from services.catalogue.errors import FileNotRead, ImportHasErrors
from services.catalogue.exchange.exports import example, exported
from services.catalogue.exchange.files import MOST_LINES, csv_cells, json_text, read_file
from services.catalogue.exchange.imports import confirm_import, counts_of, drop_import, hand_in
from services.catalogue.exchange.planning import plan_lines
from services.catalogue.inputs import MilestoneInput, OptionInput
from services.catalogue.models import Service, ServiceImport, ServiceState
from services.catalogue.operations import submit_service
from services.catalogue.writing import open_version, start_version, write_on_service
from tests.services.catalogue.building import log_in, new_provider, new_service, new_user
from tests.services.catalogue.conftest import Shop

# What people write, and what spreadsheets would run or take apart.
WORDS = (
    st.text(st.sampled_from("aé œ’'\"=+-@;,|\n{}[]<>&%0123456789€"), min_size=1, max_size=30)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)


@pytest.fixture
def owner(shop: Shop) -> Any:
    """A provider with one published service and one draft."""
    party = new_provider("photo", user=new_user("contact@photo.example"))
    new_service(party, shop.creation, slug="photos", name="Photos")
    new_service(party, shop.creation, slug="visite", name="Visite", published=False)
    return party


def csv_file(party: Any, **changes: str) -> bytes:
    """The export of a provider as spreadsheets save it; ``changes`` of the first line by header."""
    answer: Any = csv_response("services", csv_cells(exported(party)))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(StringIO(text, newline=""), delimiter=";"))
    for header, cell in changes.items():
        rows[1][rows[0].index(header)] = cell
    out = StringIO()
    csv.writer(out, delimiter=";").writerows(rows)
    return out.getvalue().encode()


def read(content: bytes, party: Any, name: str = "services.csv") -> ServiceImport:
    """A file after its report."""
    author = new_user(f"u{ServiceImport.objects.count()}@photo.example")
    found = hand_in(content=content, name=name, party=party, author=author)
    run_pending("default")
    found.refresh_from_db()
    return found


def applied(found: ServiceImport) -> ServiceImport:
    """The same file after it was confirmed."""
    confirm_import(import_id=found.pk)
    run_pending("default")
    found.refresh_from_db()
    return found


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.tuples(WORDS, WORDS, WORDS, WORDS),
    price=st.decimals("0.0001", "99999", places=4),
    things=st.lists(WORDS, max_size=3),
)
def test_what_was_exported_changes_nothing(
    owner: Any, words: tuple[str, str, str, str], price: Decimal, things: list[str]
) -> None:
    name, text, label, english = words
    choices = [
        {"value": "x", "label": "Oui", "label_en": "Yes"},
        {"value": "y", "label": "Non", "label_en": ""},
    ]
    question = {
        "key": "a",
        "label": label,
        "label_en": english,
        "type": "choice",
        "required": True,
        "help": "",
    }
    write_on_service(
        service_id=Service.objects.get(slug="visite").pk,
        name=name,
        description=f"{text}\r\n{label}",
        cancellation_terms=text,
        unit_price=price,
        deliverables=tuple(things),
        options=(
            OptionInput("a", label, price, english, per_unit=True),
            OptionInput("b", english, Decimal(3)),
        ),
        milestones=(MilestoneInput(label, 30, english), MilestoneInput(english, 70)),
        questions=({**question, "choices": choices},),
    )
    content = csv_file(owner)
    files = {"a.csv": content, "b.csv": content.replace(b"\r\n", b"\n")}
    for file, written in {**files, "c.json": json_text(exported(owner)).encode()}.items():
        plans = plan_lines(read_file(written, file), owner)
        assert [(plan.kind, plan.fields, plan.errors) for plan in plans] == [("same", [], [])] * 2


def test_no_cell_is_a_formula(owner: Any) -> None:
    service = Service.objects.get(slug="visite")
    for text in ("=1+1", "+33 6", "-x", "@SUM(A1)", "'=1", "'quoted"):
        write_on_service(service_id=service.pk, name=text, summary=text)
        content = csv_file(owner)
        for row in csv.reader(StringIO(content.decode(), newline=""), delimiter=";"):
            assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)
        plans = plan_lines(read_file(content, "a.csv"), owner)
        assert [plan.kind for plan in plans] == ["same", "same"]


def test_changes_become_a_draft_or_a_next_version(owner: Any) -> None:
    content = csv_file(owner, prix_ht="1 250,50", livrables="Un rapport\nDes photos")
    photos = Service.objects.get(slug="photos")
    before = written_of(photos)
    found = read(content, owner)
    assert found.state == "read"
    assert counts_of(found) == {"new": 0, "changed": 1, "same": 1, "error": 0}
    assert found.report[0]["fields"] == ["unit_price", "deliverables"]
    assert not photos.versions.exists()
    assert applied(found).state == "applied"
    version = open_version(photos)
    assert version is not None
    after = written_of(version)
    assert (after.unit_price, after.deliverables) == (Decimal("1250.5"), ("Un rapport", "Des photos"))
    assert (after.options, after.questions) == (before.options, before.questions)
    assert after.milestones == before.milestones
    assert written_of(Service.objects.get(slug="photos")) == before
    # The same file again has nothing left to write.
    assert counts_of(read(content, owner))["same"] == 2


@pytest.mark.parametrize(
    ("encoding", "separator"), [("utf-8", ";"), ("utf-8-sig", ","), ("cp1252", ";"), ("utf-16", "\t")]
)
def test_new_services_come_as_spreadsheets_write_them(owner: Any, encoding: str, separator: str) -> None:
    rows = [
        ["titre", "rubrique", "type_de_prix", "prix_ht", "unite", "options", "etapes", ""],
        [
            "Été à l’œuvre",
            "site-creation",
            "Unite",
            "12,5",
            "page",
            "|Vite||40,5|oui",
            "Un||40\nDeux||60",
            "",
        ],
        [""] * 8,
    ]
    out = StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    found = applied(read(out.getvalue().encode(encoding), owner))
    assert found.state == "applied"
    service = Service.objects.get(name="Été à l’œuvre")
    assert (service.state, service.provider, service.price_kind) == (ServiceState.DRAFT, owner, "unit")
    options = [(one.label, one.unit_price, one.per_unit) for one in service.options.all()]
    assert options == [("Vite", Decimal("40.5"), True)]
    assert [part.share_percent for part in service.milestones.all()] == [40, 60]


def test_the_template_needs_a_rubric_only(owner: Any) -> None:
    [plan] = plan_lines(read_file(json_text([example()]).encode(), "m.json"), owner)
    assert [error["column"] for error in plan.errors] == ["rubrique"]
    whole = json_text([example() | {"category": "site-creation"}]).encode()
    assert applied(read(whole, owner, "m.json")).state == "applied"
    service = Service.objects.get(name="Relecture de vos textes")
    submit_service(service_id=service.pk, actor=None, role="provider")


def test_errors_name_line_column_and_remedy_and_stop_everything(owner: Any) -> None:
    lines = [
        "adresse;titre;rubrique;prix_ht;options;questionnaire",
        "visite;;rien;beaucoup;|Sans prix|||;",
        "visite;Deux fois;;;;",
        "site-vitrine;Celui d’un autre;site-creation;;;",
        ";Nouveau;site-creation;;;",
    ]
    found = read("\n".join(lines).encode(), owner)
    wrong = {row["line"]: [error["column"] for error in row["errors"]] for row in found.report}
    assert wrong == {2: ["titre", "rubrique", "prix_ht", "options"], 3: ["adresse"], 4: ["adresse"], 5: []}
    assert "Indiquez un nombre, par exemple 12,50." in str(found.report)
    with pytest.raises(ImportHasErrors):
        confirm_import(import_id=found.pk)
    assert not Service.objects.filter(name="Nouveau").exists()


def test_what_waits_for_the_operator_is_not_written_on(owner: Any) -> None:
    submit_service(service_id=Service.objects.get(slug="visite").pk, actor=None, role="provider")
    assert counts_of(read(csv_file(owner), owner))["same"] == 2
    found = read(csv_file(owner).replace(b"Visite", b"Autre"), owner)
    assert counts_of(found)["error"] == 1


def test_what_changed_meanwhile_is_reported_anew_and_not_written(owner: Any) -> None:
    new = b"adresse;titre;rubrique\nvisite;Visite longue;site-creation\n;Nouveau;site-creation\n"
    found = read(new, owner)
    confirm_import(import_id=found.pk)
    write_on_service(service_id=Service.objects.get(slug="visite").pk, summary="Entre-temps.")
    run_pending("default")
    found.refresh_from_db()
    assert (found.state, found.is_renewed) == ("read", True)
    assert not Service.objects.filter(name="Nouveau").exists()
    assert applied(found).state == "applied"
    visit = Service.objects.get(slug="visite")
    assert (visit.name, visit.summary) == ("Visite longue", "Entre-temps.")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "a.csv"),
        (b"titre;rubrique\n", "a.csv"),
        (b"inconnue;titre\na;b\n", "a.csv"),
        (b"titre;name\na;b\n", "a.csv"),
        (b"titre;rubrique\na;b;c\n", "a.csv"),
        (b"\x00\x01\x02", "a.csv"),
        (b'{"name": "x"}', "a.json"),
        (b'[{"name": {"a": 1}}]', "a.json"),
        (b'[{"options": "x"}]', "a.json"),
        (b"[" * 5000, "a.json"),
        (b"titre;questionnaire\na;{\n", "a.csv"),
        (b"titre\n" + b"a\n" * (MOST_LINES + 1), "a.csv"),
    ],
)
def test_other_files_are_refused_with_why(content: bytes, name: str) -> None:
    with pytest.raises(FileNotRead) as refused:
        read_file(content, name)
    assert str(refused.value).startswith("Ce fichier ne se lit pas")


def test_the_operator_writes_for_every_provider(shop: Shop, owner: Any) -> None:
    line = {"provider": "photo", "name": "Tirages", "category": "site-creation"}
    nobody = {"provider": "personne", "name": "Tirages", "category": "site-creation"}
    found = read(json.dumps([line, nobody]).encode(), None, "a.json")
    assert [row["kind"] for row in found.report] == ["new", "error"]
    drop_import(import_id=found.pk)
    applied(read(json.dumps([line]).encode(), None, "a.json"))
    assert Service.objects.get(name="Tirages").provider == owner
    assert {cells["slug"] for cells in exported(None)} == {"photos", "visite", "site-vitrine", "tirages"}


def test_the_pages_lead_from_the_file_to_the_services(owner: Any, tenant_client: Any) -> None:
    start = "/prestataire/echange/"
    log_in(tenant_client, owner.memberships.get().user)
    refused = tenant_client.post(start, {"file": SimpleUploadedFile("a.csv", b"rien\n1\n")})
    assert refused.status_code == 422
    assert "Ce fichier ne se lit pas" in refused.text
    content = b"".join(tenant_client.get(f"{start}fichier/csv/").streaming_content)
    assert content.startswith(b"\xef\xbb\xbfadresse;")
    assert len(tenant_client.get(f"{start}fichier/json/").json()) == 2
    assert b"Relecture" in b"".join(tenant_client.get(f"{start}fichier/modele/").streaming_content)
    changed = content.replace(b"Visite", b"Visite longue")
    page = tenant_client.post(start, {"file": SimpleUploadedFile("mes services.csv", changed)}).url
    assert "every 2s" in tenant_client.get(page).text
    run_pending("default")
    shown = tenant_client.get(page).text
    assert "Importer 1 service" in shown
    assert "Titre" in shown
    tenant_client.post(f"{page}importer/")
    run_pending("default")
    assert "Tout est importé" in tenant_client.get(page).text
    assert Service.objects.filter(name="Visite longue").exists()
    assert "mes services.csv" in tenant_client.get(start).text
    assert tenant_client.post(f"{page}rien/").status_code == 404


def test_each_desk_has_its_own_files(owner: Any, tenant_client: Any) -> None:
    found = read(b"titre;rubrique\na;site\n", owner)
    staff = read(b"titre;rubrique\na;site\n", None)
    log_in(tenant_client, new_user("catalogue@example.org", role="catalogue"))
    assert tenant_client.get(f"/console/echange/{staff.public_id}/").status_code == 200
    assert tenant_client.get(f"/console/echange/{found.public_id}/").status_code == 404
    stranger = new_user("autre@example.org")
    new_provider("autre", user=stranger)
    log_in(tenant_client, stranger)
    assert tenant_client.get(f"/prestataire/echange/{found.public_id}/").status_code == 404
    assert tenant_client.get("/console/echange/").status_code in (403, 404)


def test_a_version_in_the_making_is_written_on(owner: Any) -> None:
    photos = Service.objects.get(slug="photos")
    version = start_version(service_id=photos.pk)
    write_on_service(service_id=version.pk, summary="En travaux.")
    applied(read(csv_file(owner, titre="Photos de nuit"), owner))
    version.refresh_from_db()
    assert version.name == "Photos de nuit"
