"""The tenant's addresses, and one page of a single statement to compare the others with."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from pepiniere.urls import tenant
from services.catalogue.models import Category

ONE_QUERY = "/bench/one-query/"


def one_query(request: HttpRequest) -> HttpResponse:
    """The least that a page from the database can be: one row asked through the ORM, no template."""
    return HttpResponse(Category.objects.values_list("name", flat=True).get(slug="site"))


urlpatterns = [path(ONE_QUERY.lstrip("/"), one_query), *tenant.urlpatterns]

handler400 = tenant.handler400
handler403 = tenant.handler403
handler404 = tenant.handler404
handler500 = tenant.handler500
