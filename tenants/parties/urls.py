"""Addresses of a person's own structures."""

from __future__ import annotations

from django.urls import path

from tenants.parties.web import members, mine, registration

app_name = "parties"

urlpatterns = [
    path("structures/", mine.mine, name="mine"),
    path("structures/nouvelle/", mine.create, name="create"),
    path("structures/agir-pour/", mine.switch, name="switch"),
    path("structures/<uuid:public_id>/", mine.details, name="details"),
    path("structures/<uuid:public_id>/immatriculation/", registration.register, name="register"),
    path("structures/<uuid:public_id>/membres/", members.members, name="members"),
    path(
        "structures/<uuid:public_id>/membres/<int:membership_id>/retirer/",
        members.remove,
        name="remove_member",
    ),
]
