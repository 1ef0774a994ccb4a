"""The page of the API's reference."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pepiniere.reference.document import document


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """Every operation and every shape."""
    return render(request, "reference/api.html", {"document": document()})
