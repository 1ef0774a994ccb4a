"""What a service must say before an operator is asked to publish it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from services.catalogue.models import PictureState, PriceKind, Service
from services.catalogue.pictures import shown_pictures


@dataclass(frozen=True)
class Gap:
    """Something that buyers need and the service lacks; ``section`` is the page where it is written."""

    section: str
    what: str | Promise


def gaps(service: Service) -> list[Gap]:
    """What is missing, in the order of the pages on which it is written."""
    return list(_gaps(service))


def missing_parts(service: Service) -> list[str]:
    """What is missing, as words of the active language."""
    return [str(gap.what) for gap in gaps(service)]


def _gaps(service: Service) -> Iterator[Gap]:
    if not service.summary.strip():
        yield Gap("presentation", _("le résumé"))
    if not service.description.strip():
        yield Gap("presentation", _("la description"))
    if service.price_kind != PriceKind.QUOTE and service.unit_price is None:
        yield Gap("prix", _("le prix"))
    if not service.unit.strip():
        yield Gap("prix", _("l’unité"))
    if service.lead_time_days < 1:
        yield Gap("deroulement", _("le délai"))
    if not service.deliverables:
        yield Gap("deroulement", _("les livrables"))
    shares = [part.share_percent for part in service.milestones.all()]
    if shares and sum(shares) != 100:
        yield Gap("etapes", _("des étapes dont les parts font 100 %"))
    if not service.cancellation_terms.strip():
        yield Gap("conditions", _("les conditions d’annulation"))
    if any(one.picture.state == PictureState.REFUSED for one in shown_pictures(service)):
        yield Gap("images", _("une autre image à la place de celle qui est illisible"))
