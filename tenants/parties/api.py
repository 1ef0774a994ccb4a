"""The parties that a program may act for: those of its user."""

from __future__ import annotations

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tenants.parties.models import Party, PartyRole
from tenants.parties.queries import parties_of


class PartyName(serializers.Serializer[Party]):
    """A party as the other side sees it."""

    public_id = serializers.UUIDField()
    name = serializers.CharField(source="display_name")
    siren = serializers.CharField(help_text="Empty while in creation.")


class RoleRow(serializers.Serializer[PartyRole]):
    """A role here: an active provider sells, an active business or one in creation buys."""

    role = serializers.ChoiceField(choices=PartyRole.Role.choices)
    state = serializers.ChoiceField(choices=PartyRole.State.choices)


class PartyRow(PartyName):
    """One of one's own parties."""

    legal_name = serializers.CharField()
    siret = serializers.CharField()
    roles = RoleRow(many=True, source="roles.all")


class PartyListView(APIView):
    """The parties that the user acts for, in the order of joining."""

    @extend_schema(responses=PartyRow(many=True), operation_id="parties_list")
    def get(self, request: Request) -> Response:
        """All of them: nobody acts for many."""
        mine: Any = parties_of(request.user)
        return Response(PartyRow(mine, many=True).data)


urlpatterns: list[Any] = [path("parties/", PartyListView.as_view(), name="parties")]
