"""The operator's page of identity: how the space shows itself, and its logo."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from kernel.web.theme import brand_palettes
from tenants.accounts.access import ADMINISTRATOR, require_operator
from tenants.directory.current import current_tenant
from tenants.identity.errors import LogoRefused
from tenants.identity.images import ACCEPT
from tenants.identity.operations import change_logo, remove_logo


class LogoForm(forms.Form):
    """One picture."""

    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        help_text=gettext_lazy("PNG, JPEG ou WebP, 2 Mo au plus ; sur fond transparent de préférence."),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        error_messages={
            "required": gettext_lazy("Choisissez une image."),
            "empty": gettext_lazy("Ce fichier est vide. Choisissez une autre image."),
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def identity(request: HttpRequest) -> HttpResponse:
    """What does the space look like?"""
    require_operator(request.user, ADMINISTRATOR)
    form = LogoForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given: UploadedFile = form.cleaned_data["logo"]
        try:
            change_logo(source=given, size_bytes=given.size or 0)
        except LogoRefused as error:
            form.add_error("logo", str(error))
        else:
            messages.success(request, _("Le nouveau logo est en place."))
            return redirect("identity:identity")
    context: dict[str, Any] = {
        "form": form,
        "tenant": current_tenant(),
        "palettes": [
            {"label": label, "palette": found}
            for label, found in zip(
                (_("Couleur principale"), _("Couleur d’accent")),
                brand_palettes(current_tenant().brand),
                strict=True,
            )
        ],
    }
    return render(request, "identity/operator/identity.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Back to the monogram."""
    require_operator(request.user, ADMINISTRATOR)
    remove_logo()
    messages.success(request, _("Le logo est retiré. Les initiales le remplacent."))
    return redirect("identity:identity")
