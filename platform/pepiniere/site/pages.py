"""Help, accessibility, legal notice and personal data: the pages every footer leads to."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tenants.directory.current import in_tenant
from tenants.parties.queries import operator_party


def page(template: str) -> Callable[[HttpRequest], HttpResponse]:
    """A view of ``template`` with the operator's identity, in the layout of its site."""

    @require_safe
    def view(request: HttpRequest) -> HttpResponse:
        tenant_site = in_tenant()
        context = {
            "layout": "layouts/shop.html" if tenant_site else "layouts/platform.html",
            "operator": operator_party() if tenant_site else None,
        }
        return render(request, template, context)

    return view
