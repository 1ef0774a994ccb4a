"""Ordering for programs: what it would cost, under which terms, then the order."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from billing.funding.web.shown_aid import ShownProgramme
from kernel.api.idempotency import token_of
from kernel.rules.evaluation import Outcome
from kernel.rules.explained import ShownStep
from services.catalogue.models import Service
from services.catalogue.queries import get_service
from services.orders.api.answers import checked_answers
from services.orders.errors import NotABusiness
from services.orders.models import Order
from services.orders.operations.carts import MOST_LINES
from services.orders.operations.place_items import WantedItem, place_items, price_of_items
from services.orders.pricing import CartItem
from tenants.parties.models import Party
from tenants.parties.queries import parties_of


class WantedService(serializers.Serializer[Any]):
    """One service with the choices made; the questions to answer are in `services/{slug}/`."""

    service = serializers.SlugField(max_length=100, help_text="Slug of a published service.")
    quantity = serializers.DecimalField(
        max_digits=12, decimal_places=3, default=Decimal(1), help_text="1 for a fixed price."
    )
    options = serializers.ListField(child=serializers.CharField(max_length=80), default=list, max_length=50)
    answers = serializers.DictField(
        child=serializers.JSONField(), default=dict, help_text="By key of the question; files are not taken."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Turn the words into a wanted item."""
        service = get_service(attrs["service"])
        if service is None:
            raise serializers.ValidationError({"service": [_("Aucun service publié n’a ce nom.")]})
        answers = checked_answers(_questions(service), attrs["answers"])
        attrs["wanted"] = WantedItem(
            service=service,
            quantity=attrs["quantity"],
            options=tuple(attrs["options"]),
            answers=answers,
        )
        return attrs


class PriceItems(serializers.Serializer[Any]):
    """For whom, and what."""

    buyer = serializers.UUIDField(help_text="`public_id` of a party of yours that buys.")
    items = WantedService(many=True, min_length=1, max_length=MOST_LINES)  # type: ignore[call-arg]

    def validate_items(self, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The same choice twice would become one line."""
        choices = [(item["service"], tuple(sorted(set(item["options"])))) for item in items]
        if len(set(choices)) != len(choices):
            raise serializers.ValidationError(
                _("Le même service avec les mêmes options figure deux fois : réunissez les quantités.")
            )
        return items


class PlaceOrder(PriceItems):
    """An order; placing it accepts the terms named by their hash."""

    total_incl_cents = serializers.IntegerField(
        min_value=0, help_text="`incl_cents` as the preview told, in cents."
    )
    to_pay_cents = serializers.IntegerField(
        min_value=0,
        required=False,
        allow_null=True,
        default=None,
        help_text="`to_pay_cents` as the preview told: with another one, because aid has changed, nothing is "
        "ordered. Left out, the aid of the moment applies.",
    )
    terms_sha256 = serializers.RegexField(
        r"^[0-9a-f]{64}$", help_text="`terms.sha256` as the preview told: the order accepts them."
    )


class QuestionDetail(serializers.Serializer[Any]):
    """A required question without an answer."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    type = serializers.CharField()


class PreviewItem(serializers.Serializer[CartItem]):
    """What one item costs, or why it cannot be ordered."""

    service = serializers.CharField(source="service.slug")
    title = serializers.CharField()
    excl_cents = serializers.IntegerField(source="priced.excl_cents", default=None, allow_null=True)
    vat_cents = serializers.IntegerField(source="priced.vat_cents", default=None, allow_null=True)
    incl_cents = serializers.IntegerField(source="priced.incl_cents", default=None, allow_null=True)
    missing = QuestionDetail(many=True)
    problem = serializers.SerializerMethodField()

    def get_problem(self, item: CartItem) -> str | None:
        """The sentence that a refusal would tell."""
        return None if item.problem is None else str(item.problem)


class TermsDetail(serializers.Serializer[Any]):
    """The text that ordering accepts, and its SHA-256."""

    sha256 = serializers.CharField()
    text = serializers.CharField()


class AidStep(serializers.Serializer[ShownStep]):
    """One condition of a programme, and whether it is met."""

    sentence = serializers.CharField(source="words")
    met = serializers.CharField(source="truth")
    met_from = serializers.DateField(allow_null=True)


class PreviewProgramme(serializers.Serializer[ShownProgramme]):
    """What one programme would pay, and why or why not."""

    programme = serializers.CharField(source="programme.slug")
    name = serializers.CharField()
    outcome = serializers.ChoiceField(choices=[(one.value, one.value) for one in Outcome])
    cents = serializers.IntegerField()
    possible_cents = serializers.IntegerField(
        help_text="What it might pay once what is unknown comes out well."
    )
    bound = serializers.CharField(help_text="What held the amount down; empty where nothing did.")
    conditions = AidStep(source="steps", many=True)


class AidQuestion(serializers.Serializer[Any]):
    """A question of a programme that is still open."""

    key = serializers.CharField()
    question = serializers.CharField()


class Preview(serializers.Serializer[Any]):
    """What an order would cost now."""

    items = PreviewItem(many=True)
    excl_cents = serializers.IntegerField()
    vat_cents = serializers.IntegerField()
    incl_cents = serializers.IntegerField()
    cofunded_cents = serializers.IntegerField(help_text="What programmes would pay; reserved by ordering.")
    to_pay_cents = serializers.IntegerField()
    programmes = PreviewProgramme(many=True)
    questions = AidQuestion(many=True)
    terms = TermsDetail()


class PreviewView(APIView):
    """What some services would cost."""

    @extend_schema(operation_id="orders_preview", request=PriceItems, responses={200: Preview})
    def post(self, request: Request) -> Response:
        """Price and terms of now, and the questions that are open. Nothing is kept."""
        asked = _valid(PriceItems(data=request.data))
        priced, terms, totals = price_of_items(
            items=_wanted(asked), buyer=_buyer(request, asked["buyer"]), user=request.user
        )
        charge = priced.charge
        shown = {
            "items": priced.items,
            "excl_cents": charge.excl_cents,
            "vat_cents": charge.vat_cents,
            "incl_cents": charge.incl_cents,
            "cofunded_cents": totals.cofunded_cents,
            "to_pay_cents": totals.to_pay_cents,
            "programmes": totals.aid.programmes,
            "questions": [
                {"key": fact.key, "question": str(fact.question or fact.label)} for fact in totals.aid.asked
            ],
            "terms": terms,
        }
        return Response(Preview(shown).data)


def place(request: Request) -> Order:
    """Order what the request names, once a key. Raises KeyMissing, NotABusiness and what placing refuses."""
    token = token_of(request)
    asked = _valid(PlaceOrder(data=request.data))
    return place_items(
        items=_wanted(asked),
        buyer=_buyer(request, asked["buyer"]),
        user=request.user,
        token=token,
        expected_incl_cents=asked["total_incl_cents"],
        terms_sha256=asked["terms_sha256"],
        expected_to_pay_cents=asked["to_pay_cents"],
    )


def _valid(form: serializers.Serializer[Any]) -> dict[str, Any]:
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)


def _wanted(asked: dict[str, Any]) -> list[WantedItem]:
    return [item["wanted"] for item in asked["items"]]


def _buyer(request: Request, public_id: Any) -> Party:
    """The party, when it is one's own; whether it may buy is told by placing. Raises NotABusiness."""
    for party in parties_of(request.user):
        if party.public_id == public_id:
            return party
    raise NotABusiness


def _questions(service: Service) -> list[dict[str, Any]]:
    forms = list(service.intake_forms.all())
    return list(forms[0].fields) if forms else []
