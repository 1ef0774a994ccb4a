"""Pages of the hosted payment: the card form, the bank's challenge, and the plain pages around them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from billing.sandbox.accounts import TEST_ACCOUNTS
from billing.sandbox.cards import BY_NUMBER, TEST_CARDS, CardOutcome
from billing.sandbox.checkout import ask_authentication, close_if_overdue, pay, session_for
from billing.sandbox.debits import debit
from billing.sandbox.errors import ApiError
from billing.sandbox.headers import allow_form_targets
from billing.sandbox.hosted.choices import OFF, choose, chosen
from billing.sandbox.hosted.form import CardForm, DebitForm
from billing.sandbox.hosted.words import WORDS, language_of, money
from billing.sandbox.models import CheckoutSession

STYLE = (Path(__file__).resolve().parents[1] / "static" / "style.css").read_bytes()
STYLE_DIGEST = hashlib.sha256(STYLE).hexdigest()[:12]


def show(
    request: HttpRequest, template: str, *, status: int = 200, locale: str = "", **context: Any
) -> HttpResponse:
    """Render a page in the visitor's language."""
    words = WORDS[language_of(request, locale)]
    return render(
        request, f"sandbox/{template}", {"words": words, "style": STYLE_DIGEST, **context}, status=status
    )


def notice(
    request: HttpRequest, about: str, *, status: int = 200, locale: str = "", target: str = ""
) -> HttpResponse:
    """A page with one title, one sentence and perhaps one way on; ``about`` begins the names of its words."""
    words = WORDS[language_of(request, locale)]
    return show(
        request,
        "notice.html",
        status=status,
        locale=locale,
        title=words[f"{about}_title"],
        text=words[f"{about}_text"],
        target=target,
    )


class SessionView(View):
    """Pages below one checkout session: they need it, and say so when it can no longer be paid."""

    session: CheckoutSession

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: str) -> HttpResponseBase:
        try:
            self.session = close_if_overdue(session_for(kwargs["session_id"]))
        except ApiError as error:
            raise Http404 from error
        if self.session.status != "open":
            return self.closed(request)
        try:
            return super().dispatch(request, *args, **kwargs)
        except ApiError:
            self.session.refresh_from_db()
            return self.closed(request)

    def closed(self, request: HttpRequest) -> HttpResponse:
        """What a second tab or the back button finds."""
        if self.session.status == "complete":
            about = "paid" if self.session.payment_status == "paid" else "processing"
            return notice(request, about, locale=self.session.locale, target=self.return_address())
        return notice(request, "expired", locale=self.session.locale, target=self.session.cancel_url)

    def return_address(self) -> str:
        return self.session.success_url.replace("{CHECKOUT_SESSION_ID}", self.session.identifier)

    def page(self, request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
        """A page whose forms may end at the shop."""
        intent = self.session.payment_intent
        language = language_of(request, self.session.locale)
        response = show(
            request,
            template,
            status=status,
            locale=self.session.locale,
            session=self.session,
            amount=money(intent.amount, intent.currency, language),
            query=f"?lang={request.GET['lang']}" if request.GET.get("lang") in WORDS else "",
            **context,
        )
        return allow_form_targets(response, self.session.success_url, self.session.cancel_url)

    def debit(self, request: HttpRequest, card: CardOutcome, decline_code: str = "") -> HttpResponse:
        """Try the card, then go where its outcome leads."""
        charge = pay(identifier=self.session.identifier, card=card, decline_code=decline_code)
        if charge.status == "failed":
            form = CardForm.prefilled(card.name, timezone.now().date())
            return self.card_page(request, form, status=402, refusal=charge.failure_code)
        if card.times_out:
            return notice(request, "timeout", status=504, locale=self.session.locale)
        return HttpResponseRedirect(self.return_address())

    def card_page(
        self,
        request: HttpRequest,
        form: CardForm,
        *,
        status: int = 200,
        refusal: str = "",
        debit_form: DebitForm | None = None,
    ) -> HttpResponse:
        """The forms of card and debit with their errors or the bank's refusal, and the test settings."""
        words: dict[str, Any] = WORDS[language_of(request, self.session.locale)]
        debit_form = debit_form or DebitForm.prefilled(request.GET.get("account", ""))
        present = chosen(self.session)
        return self.page(
            request,
            "pay.html",
            status=status,
            form=form,
            debit_form=debit_form,
            takes_debits="sepa_debit" in self.session.method_types,
            errors={name: words[key] for name, key in {**form.errors, **debit_form.errors}.items()},
            refusal=words[refusal] if refusal else "",
            cards=[(card, words["cards"][card.name]) for card in TEST_CARDS],
            accounts=[(account, words["accounts"][account.name]) for account in TEST_ACCOUNTS],
            choices=[(name, *words["choices"][name], present[name]) for name in OFF],
            settings_open=present != OFF or "saved" in request.GET,
            saved="saved" in request.GET,
        )


class PayView(SessionView):
    """The card form. ``?card=`` fills it with a test card; without JavaScript all works the same."""

    def get(self, request: HttpRequest, session_id: str) -> HttpResponse:
        form = CardForm.prefilled(request.GET.get("card", ""), timezone.now().date())
        refusal = ""
        if request.GET.get("refused") and self.session.payment_intent.last_error:
            refusal = self.session.payment_intent.last_error["code"]
        return self.card_page(request, form, refusal=refusal)

    def post(self, request: HttpRequest, session_id: str) -> HttpResponse:
        form = CardForm.posted(request.POST, timezone.now().date())
        if form.errors or form.card is None:
            return self.card_page(request, form, status=422)
        if form.card.challenge:
            ask_authentication(identifier=session_id, card=form.card)
            return HttpResponseRedirect(f"{request.path}/authentication?{request.GET.urlencode()}")
        return self.debit(request, form.card)


class DebitView(SessionView):
    """The form of a SEPA direct debit: signed now, answered by the bank later."""

    def get(self, request: HttpRequest, session_id: str) -> HttpResponse:
        return HttpResponseRedirect(f"/pay/{session_id}")

    def post(self, request: HttpRequest, session_id: str) -> HttpResponse:
        form = DebitForm.posted(request.POST)
        if form.errors or form.bank_account is None:
            card = CardForm.prefilled("", timezone.now().date())
            return self.card_page(request, card, status=422, debit_form=form)
        debit(identifier=session_id, bank_account=form.bank_account)
        return HttpResponseRedirect(self.return_address())


class SettingsView(SessionView):
    """« Réglages d’essai »: what should go wrong with this payment."""

    def get(self, request: HttpRequest, session_id: str) -> HttpResponse:
        return HttpResponseRedirect(f"/pay/{session_id}")

    def post(self, request: HttpRequest, session_id: str) -> HttpResponse:
        language = language_of(request, self.session.locale)
        choose(self.session, request.POST, WORDS[language]["choices"])
        return HttpResponseRedirect(f"/pay/{session_id}?saved=1&lang={language}#settings")


class AuthenticationView(SessionView):
    """The bank's challenge (3-D Secure): confirm or refuse."""

    def get(self, request: HttpRequest, session_id: str) -> HttpResponse:
        if self.session.payment_intent.status != "requires_action":
            return HttpResponseRedirect(f"/pay/{session_id}")
        return self.page(request, "authentication.html")

    def post(self, request: HttpRequest, session_id: str) -> HttpResponse:
        intent = self.session.payment_intent
        card = BY_NUMBER.get(intent.pending_card)
        if intent.status != "requires_action" or card is None:
            return HttpResponseRedirect(f"/pay/{session_id}")
        if request.POST.get("answer") == "accepted":
            return self.debit(request, card)
        pay(identifier=session_id, card=card, decline_code="authentication_required")
        language = language_of(request, self.session.locale)
        return HttpResponseRedirect(f"/pay/{session_id}?refused=1&lang={language}")


def stylesheet(request: HttpRequest, digest: str) -> HttpResponse:
    """The only asset, kept for ever because its address holds its hash."""
    if digest != STYLE_DIGEST:
        raise Http404
    return HttpResponse(
        STYLE,
        content_type="text/css; charset=utf-8",
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )


def no_icon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for one unbidden; there is none."""
    return HttpResponse(status=204)


def health(request: HttpRequest) -> HttpResponse:
    """Says that the server answers and its store can be read."""
    CheckoutSession.objects.exists()
    return HttpResponse("ok\n", content_type="text/plain")


def front_page(request: HttpRequest) -> HttpResponse:
    """What this server is, for somebody who opens its address."""
    return notice(request, "front")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """An unknown address or session."""
    return notice(request, "unknown", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of the sandbox itself."""
    return notice(request, "broken", status=500)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form posted without its token."""
    return notice(request, "stale", status=403)
