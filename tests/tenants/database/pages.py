"""Two small pages for the tests of the read-only middleware."""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest, HttpResponse
from django.urls import path


def writing(request: HttpRequest) -> HttpResponse:
    """A page that writes, whatever the method."""
    ContentType.objects.create(app_label="trial", model="trial")
    return HttpResponse("written")


def session(request: HttpRequest) -> HttpResponse:
    """A page that reads the database and changes the session."""
    request.session["seen"] = ContentType.objects.count()
    return HttpResponse("kept")


def nothing(request: HttpRequest) -> HttpResponse:
    """A page that asks the database nothing."""
    return HttpResponse("nothing")


def one_query(request: HttpRequest) -> HttpResponse:
    """A page of one statement."""
    return HttpResponse(str(ContentType.objects.count()))


urlpatterns = [
    path("writing/", writing),
    path("compte/writing/", writing),
    path("session/", session),
    path("nothing/", nothing),
    path("one-query/", one_query),
]
