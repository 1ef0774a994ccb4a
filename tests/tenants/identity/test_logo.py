"""The logo: what is taken, what is kept, where it is shown, who may change it."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageFile

from tenants.accounts.models import StaffRole, User
from tenants.directory.hosts import forget_hosts
from tenants.directory.models import Tenant
from tenants.identity.errors import LogoRefused
from tenants.identity.images import HIGHEST, KEPT_BYTES, LARGEST_BYTES, WIDEST, redrawn_logo
from tenants.identity.operations import change_logo, remove_logo

SITE = "pepiniere.urls.tenant"


@pytest.fixture
def files(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """Files of the test in a folder of its own; host names are looked up anew."""
    settings.MEDIA_ROOT = tmp_path
    forget_hosts()
    yield tmp_path
    forget_hosts()


def picture(
    size: tuple[int, int] = (300, 120), kind: str = "PNG", colour: str = "#1d6b4f", **options: Any
) -> bytes:
    """A picture of one colour."""
    drawn = BytesIO()
    Image.new("RGB", size, colour).save(drawn, kind, **options)
    return drawn.getvalue()


def redrawn(content: bytes) -> Image.Image:
    return Image.open(BytesIO(redrawn_logo(BytesIO(content), len(content))))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_pictures_become_small_pngs(kind: str) -> None:
    """Whatever came, what is kept is a PNG that fits."""
    logo = redrawn(picture((3000, 900), kind))
    assert logo.format == "PNG"
    assert logo.width <= WIDEST
    assert logo.height <= HIGHEST


def test_metadata_is_left_behind() -> None:
    """Where and by whom a picture was taken is nobody's business."""
    exif = Image.Exif()
    exif[0x010F] = "CANARI"
    content = picture(kind="JPEG", exif=exif)
    assert b"CANARI" in content
    assert b"CANARI" not in redrawn_logo(BytesIO(content), len(content))


def test_a_turned_picture_stands_upright() -> None:
    """Telephones write the turn beside the picture."""
    exif = Image.Exif()
    exif[0x0112] = 6
    logo = redrawn(picture((80, 160), kind="JPEG", exif=exif))
    assert (logo.width, logo.height) == (160, 80)


def test_empty_edges_are_cut_off() -> None:
    """A logo in the middle of nothing would be shown too small."""
    wide = Image.new("RGBA", (600, 400), (0, 0, 0, 0))
    wide.paste(Image.new("RGBA", (120, 60), "#b45309"), (200, 150))
    drawn = BytesIO()
    wide.save(drawn, "PNG")
    assert redrawn(drawn.getvalue()).size == (120, 60)


def test_a_picture_of_noise_stays_light() -> None:
    """Whatever is drawn, a page never waits for more than 200 KiB."""
    noise = Image.effect_noise((640, 192), 90).convert("RGB")
    drawn = BytesIO()
    noise.save(drawn, "PNG")
    assert len(redrawn_logo(BytesIO(drawn.getvalue()), len(drawn.getvalue()))) <= KEPT_BYTES


def test_a_picture_that_is_cut_off_is_refused_whatever_else_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """WeasyPrint, once imported, makes Pillow forgive what is missing."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    with pytest.raises(LogoRefused):
        redrawn(picture()[:120])


def bomb() -> bytes:
    """A few kilobytes that claim eighty million pixels."""
    drawn = BytesIO()
    Image.new("1", (9_000, 9_000)).save(drawn, "PNG")
    return drawn.getvalue()


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', None),
        (b"GIF89a" + bytes(200), None),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), None),
        (b"", None),
        (picture((200, 20)), None),
        (picture(), LARGEST_BYTES + 1),
        (picture()[:120], None),
        (bomb(), None),
    ],
    ids=["svg", "gif", "no picture", "nothing", "too low", "too heavy", "cut off", "bomb"],
)
def test_other_files_are_refused(content: bytes, size: int | None) -> None:
    """With a reason, and before anything is unpacked that should not be."""
    with pytest.raises(LogoRefused) as refused:
        redrawn_logo(BytesIO(content), size or len(content))
    assert str(refused.value)


@pytest.mark.django_db
def test_it_is_shown_and_taken_away(tenant: Any, tenant_client: Client, files: Path) -> None:
    """On every page under an address that changes with it; without it the monogram stands there."""
    content = picture()
    shown = change_logo(source=BytesIO(content), size_bytes=len(content))
    forget_hosts()
    answer = tenant_client.get(shown.logo_url)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/png"
    assert "immutable" in answer["Cache-Control"]
    assert shown.logo_url in tenant_client.get(reverse("site:help", urlconf=SITE)).text
    remove_logo()
    forget_hosts()
    page = tenant_client.get(reverse("site:help", urlconf=SITE)).text
    assert shown.logo_url not in page
    assert "brand-monogram" in page
    assert tenant_client.get("/logo.0123456789abcdef.png").status_code == 404


@pytest.mark.django_db
def test_only_the_administrator_changes_it(tenant: Any, tenant_client: Client, files: Path) -> None:
    """The page is there for no other desk, and says what is wrong with a file."""
    people = {}
    for role in ("administrator", "finance"):
        people[role] = User.objects.create_user(
            email=f"{role}@identity.example", password="x", full_name=role
        )
        StaffRole.objects.create(user=people[role], role=role)
    page = reverse("identity:identity", urlconf=SITE)
    tenant_client.force_login(people["finance"])
    assert tenant_client.get(page).status_code == 404
    tenant_client.force_login(people["administrator"])
    assert tenant_client.get(page).status_code == 200
    refused = tenant_client.post(page, {"logo": SimpleUploadedFile("logo.svg", b"<svg/>", "image/svg+xml")})
    assert refused.status_code == 422
    taken = tenant_client.post(page, {"logo": SimpleUploadedFile("logo.png", picture(), "image/png")})
    assert taken.status_code == 302
    assert Tenant.objects.get(pk=tenant.pk).logo_url
    assert tenant_client.post(reverse("identity:remove", urlconf=SITE)).status_code == 302
    assert Tenant.objects.get(pk=tenant.pk).logo_url == ""
