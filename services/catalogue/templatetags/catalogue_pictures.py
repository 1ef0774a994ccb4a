"""Pictures of services on pages."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from services.catalogue.web.shown_pictures import picture_html

register = template.Library()
SIZES = {
    "large": "(min-width: 1200px) 46rem, (min-width: 992px) 60vw, 100vw",
    "small": "10rem",
}


@register.simple_tag
def picture(stem: str, alt: str, size: str, *, lazy: bool = True) -> SafeString:
    """`{% picture one.stem one.alt "small" %}`: a picture in all its widths."""
    return picture_html(stem, alt, SIZES[size], css=f"picture picture-{size}", lazy=lazy)
