"""Addresses of the demonstration on a tenant's site; none of them in production."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, path

from pepiniere.demonstration.web import entry, mailbox

app_name = "demonstration"

urlpatterns: list[URLPattern] = (
    [
        path("demonstration/entree/", entry.arrive, name="arrive"),
        path("boite-aux-lettres/", mailbox.mailbox, name="mailbox"),
        path("boite-aux-lettres/<slug:name>/", mailbox.read, name="letter"),
        path("boite-aux-lettres/<slug:name>/mise-en-forme/", mailbox.layout, name="letter_layout"),
    ]
    if settings.DEMONSTRATION
    else []
)
