"""The shop: one's favourites, and asking for what nobody offers."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.errors import DomainError
from services.catalogue.access import acting_user
from services.catalogue.filters import PAGE_SIZE, ServiceFilters
from services.catalogue.finding.listing import cards_of
from services.catalogue.queries import get_service
from services.catalogue.web.cards import shown_cards
from services.catalogue.web.entrepreneur import buyer_of, today
from services.catalogue.wishes import ask_for_service, drop_favourite, favourite_slugs, keep_favourite


class WishForm(forms.Form):
    """What was looked for in vain."""

    words = forms.CharField(label=gettext_lazy("Ce que vous cherchez"), max_length=120)
    note = forms.CharField(
        label=gettext_lazy("Précisions"),
        help_text=gettext_lazy("Votre projet, votre commune, votre échéance. Facultatif."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@require_safe
@login_required
def favourites(request: HttpRequest) -> HttpResponse:
    """Which services do I keep at hand?"""
    page = Paginator(favourite_slugs(acting_user(request)), PAGE_SIZE).get_page(request.GET.get("page"))
    cards = shown_cards(cards_of(list(page.object_list), on=today(), buyer=buyer_of(request)))
    context = {"page": page, "cards": cards, "compare_form": "compare" if len(cards) > 1 else ""}
    return render(request, "catalogue/shop/favourites.html", context)


@require_POST
@login_required
def favourite(request: HttpRequest, slug: str, verb: str) -> HttpResponse:
    """Keep a service at hand, or no longer."""
    operation = {"ajouter": keep_favourite, "retirer": drop_favourite}.get(verb)
    found = get_service(slug)
    if operation is None or found is None:
        raise Http404
    operation(user=acting_user(request), service=found)
    said = (
        _("« %(name)s » est dans vos favoris.")
        if verb == "ajouter"
        else _("« %(name)s » n’est plus dans vos favoris.")
    )
    messages.success(request, said % {"name": found.name})
    return redirect("catalogue:service", slug=slug)


@require_http_methods(["GET", "POST"])
@login_required
def ask(request: HttpRequest) -> HttpResponse:
    """What are you looking for that nobody offers?"""
    typed = ServiceFilters.from_query(request.GET).text
    form = WishForm(request.POST or None, initial={"words": typed})
    if request.method == "POST" and form.is_valid():
        try:
            wish = ask_for_service(user=acting_user(request), **form.cleaned_data)
        except DomainError as error:
            form.add_error("words", str(error))
        else:
            messages.success(
                request,
                _("Votre demande « %(words)s » est transmise à l’équipe.") % {"words": wish.words},
            )
            return redirect("catalogue:services")
    return render(request, "catalogue/shop/ask.html", {"form": form}, status=422 if form.errors else 200)
