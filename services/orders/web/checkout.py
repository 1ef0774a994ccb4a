"""From the cart to the order: the providers' questions, then one page to check everything."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from billing.funding.errors import AidChanged
from kernel.errors import DomainError
from services.orders.aid import AidedTotals, aided_totals
from services.orders.current import cart_to_change
from services.orders.errors import AnswersMissing, CartEmpty, CartLineGone, PriceChanged, TermsChanged
from services.orders.intake import shown_answer
from services.orders.operations.carts import answer_question, answer_with_file
from services.orders.operations.place import place_order
from services.orders.pricing import PricedCart, remember_prices
from services.orders.questions import Question, find_question, first_open, questions_of
from services.orders.terms import Terms, terms_of
from services.orders.web.aid import aid_of_page
from services.orders.web.cart import priced_cart
from services.orders.web.forms import CheckForm, QuestionForm, largest_megabytes
from tenants.parties.acting import acting_party


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Everything that is about to be ordered, and the button that orders it."""
    buyer = acting_party(request, "business")
    form = CheckForm(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid() and buyer is not None:
        placed = _place(request, form, buyer)
        if placed is not None:
            return placed
    priced = priced_cart(request)
    if not priced.is_orderable:
        return redirect("orders:cart")
    if buyer is None:
        return render(request, "orders/entrepreneur/no_business.html")
    question = first_open(questions_of(priced))
    if question is not None:
        return redirect(_address(question))
    terms = terms_of(_offers(priced))
    totals = aided_totals(priced, buyer)
    context = {
        "basket": priced,
        "totals": totals,
        "aid": aid_of_page(totals.aid, buyer, back="check"),
        "buyer": buyer,
        "form": _check_form(form, totals, terms),
        "terms": terms,
    }
    return render(request, "orders/entrepreneur/check.html", context, status=422 if form is not None else 200)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, public_id: UUID, key: str) -> HttpResponse:
    """One question of a provider; what was typed stays when it is refused."""
    priced = priced_cart(request)
    questions = questions_of(priced)
    place = find_question(questions, public_id, key)
    if place is None:
        return redirect("orders:check")
    asked = questions[place]
    current = asked.line.answers.get(key)
    posted = request.method == "POST"
    form = QuestionForm(
        asked.field, request.POST if posted else None, request.FILES if posted else None, current=current
    )
    if posted and form.is_valid():
        try:
            _keep(request, asked, form.answer)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect("orders:cart")
        return redirect(_onwards(request, asked))
    context = {
        "form": form,
        "asked": asked,
        "current": shown_answer(asked.field, current),
        "step": place + 1,
        "steps": len(questions),
        "next_title": questions[place + 1].label if place + 1 < len(questions) else _("Vérifier la commande"),
        "back": _address(questions[place - 1]) if place else reverse("orders:cart"),
        "largest": largest_megabytes(),
        "only_this": request.GET.get("retour") == "verifier",
    }
    return render(request, "orders/entrepreneur/question.html", context, status=422 if posted else 200)


@never_cache
@login_required
@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """The terms of the order that is being prepared, as they will be kept."""
    priced = priced_cart(request)
    return render(request, "orders/entrepreneur/terms.html", {"terms": terms_of(_offers(priced))})


def _place(request: HttpRequest, form: CheckForm, buyer: Any) -> HttpResponse | None:
    """The order's payment page, or None when something must be checked again."""
    try:
        order = place_order(
            cart=cart_to_change(request),
            buyer=buyer,
            user=request.user,
            token=form.cleaned_data["token"],
            expected_incl_cents=form.cleaned_data["total"],
            expected_to_pay_cents=form.cleaned_data["to_pay"],
            terms_sha256=form.cleaned_data["terms_sha256"],
        )
    except (PriceChanged, AidChanged, TermsChanged, AnswersMissing) as error:
        remember_prices(priced_cart(request))
        form.add_error(None, str(error))
        return None
    except CartEmpty:
        messages.info(request, _("Votre panier est vide : la commande est peut-être déjà passée."))
        return redirect("orders:orders")
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("orders:cart")
    request.session.pop("removed_cart_line", None)
    return redirect("orders:pay", order.number)


def _check_form(form: CheckForm | None, totals: AidedTotals, terms: Terms) -> CheckForm:
    """A fresh form for what is shown now; a refused one keeps its errors and gets the new sums and terms."""
    shown = {"total": totals.incl_cents, "to_pay": totals.to_pay_cents, "terms_sha256": terms.sha256}
    if form is None:
        return CheckForm(initial={"token": uuid4(), **shown})
    again = CheckForm({**{name: form.data.get(name) for name in form.fields}, **shown})
    again.full_clean()
    for error in form.non_field_errors():
        again.add_error(None, error)
    return again


def _keep(request: HttpRequest, asked: Question, answer: Any) -> None:
    cart = cart_to_change(request)
    if asked.line.cart_id != cart.pk:
        raise CartLineGone()
    if isinstance(answer, UploadedFile):
        answer_with_file(cart=cart, public_id=asked.line.public_id, key=asked.field["key"], upload=answer)
    else:
        answer_question(cart=cart, public_id=asked.line.public_id, key=asked.field["key"], answer=answer)


def _onwards(request: HttpRequest, answered: Question) -> str:
    """The question after this one, which the answer just given may have called for."""
    if "leave" in request.POST:
        return reverse("orders:cart")
    questions = questions_of(priced_cart(request))
    place = find_question(questions, answered.line.public_id, answered.field["key"])
    if request.GET.get("retour") == "verifier" or place is None or place + 1 >= len(questions):
        return reverse("orders:check")
    return _address(questions[place + 1])


def _address(question: Question) -> str:
    return reverse("orders:question", args=[question.line.public_id, question.field["key"]])


def _offers(priced: PricedCart) -> list[dict[str, Any]]:
    return [item.offer for item in priced.items if item.offer is not None]
