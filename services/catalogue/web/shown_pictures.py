"""Pictures as pages show them, and as browsers load them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from services.catalogue.pictures import drawn_file, shown_pictures, widths_of

if TYPE_CHECKING:
    from services.catalogue.models import Service

_A_YEAR = 365 * 24 * 3600
_DIGEST = re.compile("[0-9a-f]{32}")


@require_safe
def picture(request: HttpRequest, digest: str, width: int) -> HttpResponse:
    """A drawing of this tenant; its name changes with its content, so that it may be kept for ever."""
    if not _DIGEST.fullmatch(digest):
        raise Http404
    try:
        with default_storage.open(drawn_file(digest, width)) as kept:
            content = kept.read()
    except FileNotFoundError:
        raise Http404 from None
    response = HttpResponse(content, content_type="image/webp")
    response["Cache-Control"] = f"public, max-age={_A_YEAR}, immutable"
    return response


@lru_cache(maxsize=4096)
def picture_html(stem: str, alt: str, sizes: str, *, css: str = "", lazy: bool = True) -> SafeString:
    """The `<img>` of a picture in all its widths, with its size, so that nothing moves when it comes.

    ``stem`` is that of ``Picture.stem``, ``sizes`` how wide the page shows it, in the words of HTML.
    """
    sources = picture_sources(stem)
    width, height = stem.rpartition("-")[2].split("x")
    middle = next((url for wide, url in sources if wide >= 640), sources[-1][1])
    return format_html(
        '<img class="{}" src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}"{} decoding="async">',
        css,
        middle,
        ", ".join(f"{url} {wide}w" for wide, url in sources),
        sizes,
        width,
        height,
        alt,
        SafeString(' loading="lazy"') if lazy else "",
    )


def picture_sources(stem: str) -> list[tuple[int, str]]:
    """Width in pixels and address of each drawing of a picture, the narrowest first."""
    digest, _dash, size = stem.rpartition("-")
    widest = int(size.partition("x")[0])
    return [(wide, reverse("catalogue:picture", args=[digest, wide])) for wide in widths_of(widest)]


def described_pictures(service: Service) -> list[dict[str, str]]:
    """Stem, words and largest address of each picture that is ready, in the active language."""
    english = get_language() == "en"
    return [
        {
            "stem": one.picture.stem,
            "alt": (english and one.alt_en) or one.alt,
            "lang": "fr" if english and not one.alt_en else "",
            "url": picture_sources(one.picture.stem)[-1][1],
        }
        for one in shown_pictures(service)
        if one.picture.stem
    ]
