"""A person's API tokens: list, make one (shown once), revoke."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tenants.accounts.models import ApiToken
from tenants.accounts.tokens import create_token, revoke_token
from tenants.directory.current import in_tenant


class TokenForm(forms.Form):
    """Name and right of a new token."""

    name = forms.CharField(
        label=gettext_lazy("Nom du programme"),
        max_length=80,
        help_text=gettext_lazy("Pour le reconnaître plus tard, par exemple « Logiciel de caisse »."),
    )
    scope = forms.ChoiceField(
        label=gettext_lazy("Droit"), choices=ApiToken.Scope.choices, initial=ApiToken.Scope.READ
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def token_list(request: HttpRequest) -> HttpResponse:
    """The tokens of this person; after POST the new secret, once. The platform's own site has no API."""
    if not in_tenant():
        raise Http404
    secret: str | None = None
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _token, secret = create_token(
            user=request.user,  # type: ignore[arg-type]
            name=form.cleaned_data["name"],
            scopes=[form.cleaned_data["scope"]],
        )
        form = TokenForm()
    context: dict[str, Any] = {
        "form": form,
        "secret": secret,
        "tokens": ApiToken.objects.filter(user=request.user.pk),
    }
    return render(request, "accounts/tokens.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """Ask, then revoke: it cannot be undone."""
    if not in_tenant():
        raise Http404
    token = get_object_or_404(ApiToken, pk=token_id, user=request.user.pk, revoked_at=None)
    if request.method == "POST":
        revoke_token(token=token)
        messages.success(request, _("Le jeton « %(name)s » est révoqué.") % {"name": token.name})
        return redirect("accounts:tokens")
    return render(request, "accounts/token_revoke.html", {"token": token})
