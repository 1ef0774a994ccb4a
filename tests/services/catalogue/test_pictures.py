"""Pictures of services: what is taken, what is kept, how they are ordered, who sees them."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django_tenants.utils import tenant_context
from PIL import Image

from kernel.outbox.running import run_pending
from services.catalogue.drawing import LARGEST_BYTES, check_picture
from services.catalogue.errors import PictureRefused, TooManyPictures
from services.catalogue.inputs import PictureInput
from services.catalogue.models import Picture, Service
from services.catalogue.operations import publish_service, submit_service
from services.catalogue.pictures import shown_pictures, take_picture
from services.catalogue.remarks import ask_for_corrections, open_remarks
from services.catalogue.writing import start_version, write_on_service
from tests.services.catalogue.building import log_in, new_provider, new_service, new_user
from tests.services.catalogue.conftest import Shop


def picture(
    size: tuple[int, int] = (800, 600), kind: str = "PNG", colour: str = "#1d6b4f", **more: Any
) -> bytes:
    """A picture of one colour."""
    drawn = BytesIO()
    Image.new("RGB", size, colour).save(drawn, kind, **more)
    return drawn.getvalue()


def bomb() -> bytes:
    """A few kilobytes that claim eighty million pixels."""
    drawn = BytesIO()
    Image.new("1", (9_000, 9_000)).save(drawn, "PNG")
    return drawn.getvalue()


@pytest.fixture
def files(tmp_path: Path, settings: Any) -> Path:
    """Files of the test in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def draft(shop: Shop, files: Path) -> Service:
    """A draft of a provider with one person."""
    party = new_provider("photo", user=new_user("contact@photo.example"))
    return new_service(party, shop.creation, slug="photos", name="Photos", published=False)


def taken(content: bytes) -> str:
    """The digest of a picture that was handed in and prepared."""
    found = take_picture(upload=SimpleUploadedFile("image", content))
    run_pending("default")
    return found.digest


def alts(service: Service) -> list[str]:
    return [one.alt for one in shown_pictures(Service.objects.get(pk=service.pk))]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_it_is_drawn_anew_in_its_widths_and_tells_nothing_of_its_place(
    draft: Service,
    files: Path,
    tenant_client: Any,
    kind: str,
    django_capture_on_commit_callbacks: Any,
) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "CANARI", 6
    exif.get_ifd(0x8825)[1] = "CANARI"
    content = picture((1500, 3000), kind, exif=exif)
    assert b"CANARI" in content
    with django_capture_on_commit_callbacks(execute=True):
        digest = taken(content)
    write_on_service(service_id=draft.pk, pictures=(PictureInput(digest, "Un bureau"),))
    draft.refresh_from_db()
    # Turned as the camera said, and no wider than pages are.
    assert draft.cover == f"{digest}-1600x800"
    kept = [Path(folder) / name for folder, _folders, names in os.walk(files) for name in names]
    assert len(kept) == 4
    assert not any(b"CANARI" in one.read_bytes() for one in kept)
    for width in (320, 640, 1024, 1600):
        answer = tenant_client.get(f"/images/{digest}-{width}.webp")
        assert answer.status_code == 200
        assert "immutable" in answer["Cache-Control"]
        assert Image.open(BytesIO(answer.content)).size == (width, width // 2)
    assert tenant_client.get(f"/images/{digest}-333.webp").status_code == 404


def test_what_is_transparent_stays_so(draft: Service, tenant_client: Any) -> None:
    drawn = BytesIO()
    Image.new("RGBA", (320, 200), (10, 20, 30, 0)).save(drawn, "PNG")
    digest = taken(drawn.getvalue())
    answer = tenant_client.get(f"/images/{digest}-320.webp")
    assert Image.open(BytesIO(answer.content)).getpixel((5, 5))[3] == 0


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', None),
        (b"GIF89a" + bytes(200), None),
        (b"", None),
        (picture((300, 170)), None),
        (picture((2000, 90)), None),
        (picture(), LARGEST_BYTES + 1),
        (picture()[:120], None),
        (picture(kind="JPEG")[:400], None),
        (picture(kind="WEBP")[:60], None),
        (bomb(), None),
    ],
    ids=["svg", "gif", "nothing", "small", "low", "heavy", "cut-png", "cut-jpeg", "cut-webp", "bomb"],
)
def test_other_files_are_refused_with_what_to_do(content: bytes, size: int | None) -> None:
    with pytest.raises(PictureRefused) as refused:
        check_picture(BytesIO(content), len(content) if size is None else size)
    assert str(refused.value).startswith("Cette image ne convient pas")


def test_what_cannot_be_read_after_all_is_said_and_asked_for(
    draft: Service, files: Path, tenant_client: Any
) -> None:
    found = take_picture(upload=SimpleUploadedFile("image", picture()))
    write_on_service(service_id=draft.pk, pictures=(PictureInput(found.digest, "Un bureau"),))
    [upload] = [Path(folder) / name for folder, _dirs, names in os.walk(files) for name in names]
    upload.write_bytes(b"no picture")
    run_pending("default")
    found.refresh_from_db()
    assert found.state == "refused"
    log_in(tenant_client, draft.provider.memberships.get().user)
    assert "Illisible" in tenant_client.get("/prestataire/services/photos/ecrire/images/").text
    assert "une autre image à la place" in tenant_client.get("/prestataire/services/photos/").text


def test_one_page_adds_orders_describes_removes_and_restores(draft: Service, tenant_client: Any) -> None:
    log_in(tenant_client, draft.provider.memberships.get().user)
    page = "/prestataire/services/photos/ecrire/images/"
    unsaid = tenant_client.post(
        page, {"rows": "0", "do": "add", "new-file": SimpleUploadedFile("a.png", picture())}
    )
    assert unsaid.status_code == 422
    assert "Dites ce que montre l’image" in unsaid.text
    wrong = {"rows": "0", "do": "next", "new-alt": "Rien", "new-file": SimpleUploadedFile("a.png", b"texte")}
    refused = tenant_client.post(page, wrong)
    assert refused.status_code == 422
    assert "Cette image ne convient pas" in refused.text
    rows: dict[str, str] = {"rows": "0"}
    for number, colour in enumerate(("red", "green")):
        file = SimpleUploadedFile("a.png", picture(colour=colour))
        sent = tenant_client.post(page, {**rows, "do": "add", "new-file": file, "new-alt": f"Vue {number}"})
        assert sent.status_code == 302
        rows |= {f"{number}-digest": Picture.objects.latest("pk").digest, f"{number}-alt": f"Vue {number}"}
        rows["rows"] = str(number + 1)
    shown = tenant_client.get(page).text
    assert "En préparation" in shown
    assert "every 3s" in shown
    run_pending("default")
    shown = tenant_client.get(page).text
    assert "every 3s" not in shown
    assert 'srcset="/images/' in shown
    moved = tenant_client.post(page, {**rows, "do": "up-1", "0-alt": "Vue du bureau"})
    assert moved.url == f"{page}#row-0"
    assert alts(draft) == ["Vue 1", "Vue du bureau"]
    turned = {
        "rows": "2",
        "0-digest": rows["1-digest"],
        "0-alt": "Vue 1",
        "1-digest": rows["0-digest"],
        "1-alt": "Vue du bureau",
    }
    tenant_client.post(page, {**turned, "do": "remove-0"})
    assert alts(draft) == ["Vue du bureau"]
    draft.refresh_from_db()
    assert draft.cover.startswith(rows["0-digest"])
    gone = draft.pictures.exclude(removed_at=None).get()
    left = {"rows": "1", "0-digest": rows["0-digest"], "0-alt": "Vue du bureau"}
    assert "Rétablir" in tenant_client.get(page).text
    tenant_client.post(page, {**left, "do": f"restore-{gone.pk}"})
    assert alts(draft) == ["Vue du bureau", "Vue 1"]


def test_six_at_most_and_only_what_was_handed_in(draft: Service) -> None:
    many = [PictureInput(taken(picture((320, 200 + one))), f"Vue {one}") for one in range(7)]
    with pytest.raises(TooManyPictures):
        write_on_service(service_id=draft.pk, pictures=tuple(many))
    with pytest.raises(PictureRefused):
        write_on_service(service_id=draft.pk, pictures=(many[0], many[0]))
    with pytest.raises(PictureRefused):
        write_on_service(service_id=draft.pk, pictures=(PictureInput("0" * 32, "Rien"),))
    write_on_service(service_id=draft.pk, pictures=tuple(many[:6]))
    assert len(alts(draft)) == 6


def test_a_version_has_its_own_pictures_and_shows_what_changes(draft: Service, tenant_client: Any) -> None:
    first, second = (PictureInput(taken(picture(colour=one)), one, f"in {one}") for one in ("red", "green"))
    write_on_service(service_id=draft.pk, pictures=(first,))
    publish_service(service_id=draft.pk, actor=None)
    assert f'src="/images/{first.digest}-640.webp"' in tenant_client.get("/services/").text
    version = start_version(service_id=draft.pk)
    assert alts(version) == ["red"]
    write_on_service(service_id=version.pk, pictures=(second,))
    assert alts(draft) == ["red"]
    staff = new_user("catalogue@example.org", role="catalogue")
    log_in(tenant_client, staff)
    changes = tenant_client.get(f"/console/services/{version.slug}/").text
    assert first.digest in changes
    assert second.digest in changes
    publish_service(service_id=version.pk, actor=None)
    assert (alts(draft), alts(version)) == (["green"], ["red"])
    page = tenant_client.get("/services/photos/").text
    assert f"{second.digest}-640.webp 640w" in page
    assert 'alt="green"' in page
    assert 'width="800" height="600"' in page
    both = tenant_client.get("/comparer/?service=photos&service=site-vitrine").text
    assert second.digest in both
    answer = tenant_client.get("/api/v1/services/photos/").json()
    assert [one["alt_en"] for one in answer["pictures"]] == ["in green"]
    assert answer["pictures"][0]["files"][0] == {"width": 320, "path": f"/images/{second.digest}-320.webp"}


def test_a_remark_on_pictures_is_settled_by_changing_them(draft: Service) -> None:
    submit_service(service_id=draft.pk, actor=None, role="provider")
    ask_for_corrections(service_id=draft.pk, actor=None, remarks={"pictures": "Montrez un exemple."})
    assert open_remarks(draft) == {"pictures": ["Montrez un exemple."]}
    write_on_service(service_id=draft.pk, pictures=(PictureInput(taken(picture()), "Un exemple"),))
    assert open_remarks(draft) == {}


def test_another_tenant_does_not_have_it(draft: Service, other_tenant: Any, client_for: Any) -> None:
    digest = taken(picture())
    path = f"/images/{digest}-320.webp"
    assert client_for(other_tenant).get(path).status_code == 404
    with tenant_context(other_tenant):
        assert not Picture.objects.filter(digest=digest).exists()
