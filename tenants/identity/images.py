"""A logo is drawn anew from the picture given: what is kept holds pixels only, no metadata, no script."""

from __future__ import annotations

from io import BytesIO
from typing import IO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from tenants.identity.errors import LogoRefused

# SVG is left out: a browser would run what is in it.
FORMATS = ("PNG", "JPEG", "WEBP")
ACCEPT = "image/png,image/jpeg,image/webp"
LARGEST_BYTES = 2 * 1024 * 1024
MOST_PIXELS = 16_000_000
SMALLEST_HEIGHT = 32
# Three times the largest place it is shown in.
WIDEST, HIGHEST = 640, 192
KEPT_BYTES = 200 * 1024
_FEWER_COLOURS = 128


def redrawn_logo(source: IO[bytes], size_bytes: int) -> bytes:
    """The picture as a PNG of at most 640 by 192 pixels and 200 KiB, upright and without its empty edges.

    Raises LogoRefused for a file that is too heavy, too large, too small or no PNG, JPEG or WebP.
    """
    if size_bytes > LARGEST_BYTES:
        raise LogoRefused(why=_("il pèse plus de 2 Mo."))
    picture = _opened(source)
    picture = _without_empty_edges(ImageOps.exif_transpose(picture).convert("RGBA"))
    if picture.height < SMALLEST_HEIGHT:
        raise LogoRefused(why=_("il fait moins de 32 pixels de haut."))
    picture.thumbnail((WIDEST, HIGHEST), Image.Resampling.LANCZOS)
    drawn = _as_png(picture)
    if len(drawn) > KEPT_BYTES:
        drawn = _as_png(picture.quantize(_FEWER_COLOURS, method=Image.Quantize.FASTOCTREE))
    return drawn


def _opened(source: IO[bytes]) -> Image.Image:
    try:
        # What makes paper lets this process load pictures that are cut off: checking still finds them.
        Image.open(source, formats=FORMATS).verify()
        source.seek(0)
        picture = Image.open(source, formats=FORMATS)
        # Asked before a single pixel is unpacked: a small file may claim a huge picture.
        too_large = picture.width * picture.height > MOST_PIXELS
        if not too_large:
            picture.load()
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        raise LogoRefused(why=_("ce n’est pas une image PNG, JPEG ou WebP lisible.")) from None
    if too_large:
        raise LogoRefused(why=_("il compte plus de 16 millions de pixels."))
    return picture


def _without_empty_edges(picture: Image.Image) -> Image.Image:
    drawn = picture.getchannel("A").getbbox()
    if drawn is None:
        raise LogoRefused(why=_("l’image est entièrement transparente."))
    return picture.crop(drawn)


def _as_png(picture: Image.Image) -> bytes:
    drawn = BytesIO()
    picture.save(drawn, format="PNG", optimize=True)
    return drawn.getvalue()
