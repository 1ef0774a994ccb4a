"""Invoices for programs: the same rows and documents as on the pages."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.views import APIView

from billing.invoicing.access import get_invoice_for
from billing.invoicing.models import Invoice
from billing.invoicing.queries import all_invoices
from billing.invoicing.web.document import as_response
from tenants.parties.queries import parties_of


class InvoiceRow(serializers.ModelSerializer[Invoice]):
    """An invoice; amounts in cents, `sha256` chains it to the one before."""

    seller = serializers.CharField(source="seller.legal_name", read_only=True)
    buyer = serializers.CharField(source="buyer.legal_name", read_only=True)

    class Meta:
        model = Invoice
        fields = (
            "number",
            "kind",
            "type_code",
            "issued_on",
            "seller",
            "buyer",
            "currency",
            "excl_cents",
            "vat_cents",
            "incl_cents",
            "due_cents",
            "sha256",
        )
        read_only_fields = fields


@extend_schema_view(get=extend_schema(operation_id="invoices_list"))
class InvoiceListView(ListAPIView[Invoice]):
    """Invoices that the user's own parties sent or received, newest first."""

    queryset = Invoice.objects.none()
    serializer_class = InvoiceRow

    def get_queryset(self) -> QuerySet[Invoice]:
        """Both sides, of all parties one acts for."""
        parties = parties_of(self.request.user)
        return all_invoices().filter(Q(seller__in=parties) | Q(buyer__in=parties))


NUMBER = OpenApiParameter("number", str, OpenApiParameter.PATH)


@extend_schema_view(get=extend_schema(operation_id="invoices_retrieve", parameters=[NUMBER]))
class InvoiceView(RetrieveAPIView[Invoice]):
    """One invoice."""

    queryset = Invoice.objects.none()
    serializer_class = InvoiceRow
    lookup_url_kwarg = "number"

    def get_object(self) -> Invoice:
        """By number, for those who may see it."""
        return get_invoice_for(self.request.user, self.kwargs["number"])


class InvoiceDocumentView(APIView):
    """The PDF of an invoice."""

    @extend_schema(
        operation_id="invoices_document",
        parameters=[NUMBER],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, number: str) -> HttpResponse:
        """The stored bytes; 404 while they are being rendered."""
        response = as_response(get_invoice_for(request.user, number))
        if response is None:
            raise NotFound
        return response


urlpatterns: list[Any] = [
    path("invoices/", InvoiceListView.as_view(), name="invoices"),
    path("invoices/<str:number>/", InvoiceView.as_view(), name="invoice"),
    path("invoices/<str:number>/document/", InvoiceDocumentView.as_view(), name="invoice_document"),
]
