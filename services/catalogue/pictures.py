"""Pictures of services: taken in, drawn anew in a few widths, put in their order."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from kernel.outbox.operations import enqueue
from services.catalogue.drawing import LARGEST_BYTES, PictureUnreadable, check_picture, redraw
from services.catalogue.errors import PictureRefused, TooManyPictures
from services.catalogue.models import Picture, PictureState, Service, ServicePicture, ServiceState

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from services.catalogue.inputs import PictureInput

MOST_PICTURES = 6
WIDTHS = (320, 640, 1024)
DIGEST_LENGTH = 32


def widths_of(width: int) -> list[int]:
    """The widths in pixels in which a picture is kept whose largest drawing is ``width`` wide."""
    return [one for one in WIDTHS if one < width] + [width]


def drawn_file(digest: str, width: int) -> str:
    """The name under which the current tenant's storage keeps a drawing."""
    return f"pictures/{digest}-{width}.webp"


def _handed_in(digest: str) -> str:
    return f"pictures/{digest}.upload"


@transaction.atomic
def take_picture(*, upload: UploadedFile) -> Picture:
    """Keep a file to be drawn anew by a task; the same file twice is one picture. Raises PictureRefused."""
    content = upload.read() if (upload.size or 0) <= LARGEST_BYTES else b""
    check_picture(BytesIO(content), upload.size or 0)
    digest = hashlib.sha256(content).hexdigest()[:DIGEST_LENGTH]
    picture, is_new = Picture.objects.get_or_create(digest=digest)
    if is_new or picture.state != PictureState.READY:
        default_storage.delete(_handed_in(digest))
        default_storage.save(_handed_in(digest), ContentFile(content))
        enqueue("catalogue.prepare_picture", digest=digest)
    return picture


@transaction.atomic
def prepare_picture(*, digest: str) -> None:
    """Draw a picture in its widths and let the services show it; what was handed in is thrown away.

    Run twice it does nothing more. A file that cannot be read after all is marked so.
    """
    picture = Picture.objects.get(digest=digest)
    if picture.state == PictureState.READY or not default_storage.exists(_handed_in(digest)):
        return
    with default_storage.open(_handed_in(digest)) as kept:
        content = kept.read()
    try:
        drawings = redraw(content, widths_of)
    except PictureUnreadable:
        picture.state = PictureState.REFUSED
    else:
        for width, drawing in drawings.files.items():
            default_storage.delete(drawn_file(digest, width))
            default_storage.save(drawn_file(digest, width), ContentFile(drawing))
        picture.state = PictureState.READY
        picture.width, picture.height = drawings.width, drawings.height
    # Services before pictures, as whoever writes a service locks them.
    shown_by = Service.objects.filter(pictures__picture=picture).order_by("pk")
    list(shown_by.select_for_update(of=("self",)))
    Picture.objects.select_for_update(no_key=True).get(pk=picture.pk)
    picture.save(update_fields=["state", "width", "height"])
    for service in shown_by.select_for_update(of=("self",)):
        _show_cover(service)
    transaction.on_commit(lambda: default_storage.delete(_handed_in(digest)))


def shown_pictures(service: Service) -> list[ServicePicture]:
    """The pictures of a service in their order, those that were taken out left out; one statement."""
    return [one for one in service.pictures.all() if one.removed_at is None]


def removed_pictures(service: Service) -> list[ServicePicture]:
    """What was taken out of a draft and can be put back; one statement."""
    return [one for one in service.pictures.all() if one.removed_at is not None]


def put_pictures(service: Service, wanted: Sequence[PictureInput]) -> None:
    """Show these pictures in this order, under the lock of the service's row.

    What a draft shows no more is kept to be put back; elsewhere it goes. Raises TooManyPictures,
    PictureRefused for one that nobody handed in.
    """
    if len(wanted) > MOST_PICTURES:
        raise TooManyPictures(most=MOST_PICTURES)
    rows = {one.picture.digest: one for one in ServicePicture.objects.filter(service=service)}
    digests = [one.digest for one in wanted]
    # A picture that is being prepared is waited for: its state decides what lists show.
    pictures = Picture.objects.filter(digest__in=digests).order_by("pk")
    known = {one.digest: one for one in pictures.select_for_update(no_key=True)} if wanted else {}
    for position, one in enumerate(wanted, start=1):
        if one.digest not in known or digests.count(one.digest) > 1:
            raise PictureRefused.unknown()
        row = rows.pop(one.digest, None)
        was = row and (row.position, row.alt, row.alt_en, row.removed_at)
        if was == (position, one.alt, one.alt_en, None):
            continue
        row = row or ServicePicture(service=service, picture=known[one.digest])
        row.position, row.alt, row.alt_en, row.removed_at = position, one.alt, one.alt_en, None
        row.save()
    left = [row.pk for row in rows.values()]
    if not (left or wanted or service.cover):
        return
    if left and service.state == ServiceState.DRAFT:
        ServicePicture.objects.filter(pk__in=left, removed_at=None).update(removed_at=timezone.now())
    elif left:
        ServicePicture.objects.filter(pk__in=left).delete()
    _show_cover(service)


def _show_cover(service: Service) -> None:
    rows = ServicePicture.objects.filter(service=service, removed_at=None)
    cover = next((one.picture.stem for one in rows if one.picture.stem), "")
    if cover != service.cover:
        service.cover = cover
        # Not written by anybody: the day of the last change stays.
        Service.objects.filter(pk=service.pk).update(cover=cover)
