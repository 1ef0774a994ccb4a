"""A picture is drawn anew from the file given: what is kept holds pixels only, no place, no script."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import IO

from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from services.catalogue.errors import PictureRefused

# SVG is left out: a browser would run what is in it.
FORMATS = ("PNG", "JPEG", "WEBP")
EXTENSIONS = ("jpg", "jpeg", "png", "webp")
LARGEST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 25_000_000
NARROWEST, LOWEST = 320, 180
# The widest that any page shows.
WIDEST = 1600
_QUALITY = 80
_BROKEN = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    OSError,
    SyntaxError,
    ValueError,
)


class PictureUnreadable(Exception):
    """A file that looked like a picture and is none."""


@dataclass(frozen=True)
class Drawings:
    """A picture in several widths: the bytes of each, and the size in pixels of the largest."""

    width: int
    height: int
    files: dict[int, bytes]


def check_picture(source: IO[bytes], size_bytes: int) -> None:
    """Refuse at once what can be seen without unpacking every pixel. Raises PictureRefused."""
    if not size_bytes:
        raise PictureRefused(why=_("le fichier est vide."))
    if size_bytes > LARGEST_BYTES:
        raise PictureRefused(why=_("elle pèse plus de 10 Mo. Réduisez-la, puis ajoutez-la à nouveau."))
    try:
        # Some formats are checked whole by this, the others when their pixels are read small.
        Image.open(source, formats=FORMATS).verify()
        source.seek(0)
        picture = Image.open(source, formats=FORMATS)
        width, height = picture.size
        # Asked before a single pixel is unpacked: a small file may claim a huge picture.
        if width * height <= MOST_PIXELS and picture.format != "PNG":
            picture.draft("RGB", (NARROWEST, NARROWEST))
            picture.load()
    except _BROKEN:
        raise PictureRefused(why=_("ce n’est pas une image JPEG, PNG ou WebP lisible.")) from None
    if width * height > MOST_PIXELS:
        raise PictureRefused(why=_("elle compte plus de 25 millions de pixels. Réduisez-la."))
    if max(width, height) < NARROWEST or min(width, height) < LOWEST:
        raise PictureRefused(
            why=_("elle fait moins de 320 sur 180 pixels et serait floue. Choisissez-en une plus grande.")
        )


def redraw(content: bytes, widths: Callable[[int], list[int]]) -> Drawings:
    """The picture upright in WebP, in the widths that ``widths`` gives for its largest.

    Raises PictureUnreadable.
    """
    try:
        picture: Image.Image = Image.open(BytesIO(content), formats=FORMATS)
        if picture.width * picture.height > MOST_PIXELS:
            raise PictureUnreadable
        picture.draft("RGB", (WIDEST * 2, WIDEST * 2))
        picture.load()
        picture = _plain(ImageOps.exif_transpose(picture))
    except _BROKEN as error:
        raise PictureUnreadable from error
    if picture.width > WIDEST:
        picture = _narrowed(picture, WIDEST)
    files = {}
    for width in widths(picture.width):
        drawn = BytesIO()
        _narrowed(picture, width).save(drawn, format="WEBP", quality=_QUALITY, method=4, exif=b"", xmp=b"")
        files[width] = drawn.getvalue()
    return Drawings(picture.width, picture.height, files)


def _plain(picture: Image.Image) -> Image.Image:
    """Its pixels in the colours of the web, without anything that was said beside them."""
    profile = picture.info.get("icc_profile")
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    plain = picture.convert(mode)
    if profile:
        try:
            own = ImageCms.ImageCmsProfile(BytesIO(profile))
            changed = ImageCms.profileToProfile(plain, own, ImageCms.createProfile("sRGB"))
        except (ImageCms.PyCMSError, OSError):
            # A profile for other colours than these is left out, as browsers do.
            changed = None
        plain = changed or plain
    plain.info.clear()
    return plain


def _narrowed(picture: Image.Image, width: int) -> Image.Image:
    if picture.width == width:
        return picture
    height = max(1, round(picture.height * width / picture.width))
    return picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
