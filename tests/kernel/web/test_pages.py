"""The pages that belong to every site: errors, appearance, language, accounts."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from kernel.web import views
from kernel.web.sites import site_for
from tests.kernel.web.kitchen import addresses, render_page


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    """Default 'self'; pictures may be data for the check marks."""
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    for name in ("default-src", "script-src", "style-src", "font-src", "connect-src"):
        assert directives[name] == ["'self'"]
    assert set(directives["img-src"]) == {"'self'", "data:"}
    assert directives["object-src"] == ["'none'"]
    assert "unsafe" not in str(directives)


@pytest.mark.parametrize(
    ("sent", "kept"), [("dark", "dark"), ("light", "light"), ("system", ""), ("<b>", "")]
)
def test_the_appearance_is_a_cookie(sent: str, kept: str) -> None:
    """Known values only; anything else follows the system."""
    response = views.set_appearance(
        RequestFactory().post("/apparence/", {"appearance": sent, "next": "/panier/"})
    )
    assert response.status_code == 302
    assert response["Location"] == "/panier/"
    assert response.cookies["appearance"].value == kept


def test_appearance_leads_nowhere_else() -> None:
    """An address of another host is not followed."""
    response = views.set_appearance(RequestFactory().post("/apparence/", {"next": "https://example.org/"}))
    assert response["Location"] == "/"


def test_the_chosen_appearance_is_in_the_page() -> None:
    """Before any script runs."""
    assert 'data-bs-theme="dark"' in render_page("shop", theme="dark")
    assert "data-bs-theme=" not in render_page("shop").split(">")[1]


def test_a_page_stands_on_its_layout() -> None:
    """One heading, a way past the header, language, title, live region."""
    html = render_page("components")
    assert html.count("<h1") == 1
    assert '<a class="skip-link" href="#main">' in html
    assert '<html lang="fr"' in html
    assert "<title>Composants · Nouvelle-Aquitaine</title>" in html
    assert 'role="status"' in html
    assert '<html lang="en"' in render_page("components", language="en")


def test_a_refused_page_says_so_in_its_title() -> None:
    """The title is read first."""
    with translation.override("fr"):
        assert "<title>Erreur : Composants" in render_page("components", refused=True)


@pytest.mark.parametrize("page", ["500", "503", "unknown_site", "suspended_site"])
def test_plain_pages_stand_on_nothing(page: str) -> None:
    """No request, no tenant, no database."""
    html = render_to_string(f"errors/{page}.html", {"request_id": "abc-123"})
    assert html.count("<h1>") == 1
    assert "theme." not in html
    assert ("abc-123" in html) == (page == "500")


@pytest.mark.parametrize("view", ["bad_request", "permission_denied", "page_not_found", "csrf_failure"])
def test_error_pages(view: str) -> None:
    """In the site's look, with a way out."""
    request = RequestFactory().get("/nowhere/")
    request.tenant, request.user = None, AnonymousUser()  # type: ignore[attr-defined]
    with addresses():
        response = getattr(views, view)(request)
    assert response.status_code in (400, 403, 404)
    assert b"error-ways" in response.content


def test_too_much_is_told_as_such() -> None:
    """413, with what to do."""
    request = RequestFactory().post("/nowhere/")
    request.tenant, request.user = None, AnonymousUser()  # type: ignore[attr-defined]
    with addresses():
        assert views.bad_request(request, RequestDataTooBig()).status_code == 413
        assert views.bad_request(request, SuspiciousOperation()).status_code == 400


def test_without_the_database_the_page_says_to_come_back() -> None:
    """503 with a time; any other fault is a 500 with its reference."""
    request = RequestFactory().get("/")
    request.request_id = "abc-123"  # type: ignore[attr-defined]
    try:
        raise OperationalError("the server closed the connection")
    except OperationalError:
        gone = views.server_error(request)
    assert (gone.status_code, gone["Retry-After"]) == (503, "30")
    broken = views.server_error(request)
    assert broken.status_code == 500
    assert b"abc-123" in broken.content


def test_the_site_of_nobody_is_the_platform() -> None:
    """And mails of a tenant know its colours."""
    assert site_for(None).is_platform
    assert site_for(None).shades.strong.startswith("#")


ACCOUNT_PAGES = ["/compte/login/", "/compte/signup/", "/compte/password/reset/"]


@pytest.mark.parametrize("path", ACCOUNT_PAGES)
def test_account_pages_are_ours(tenant_client: Any, path: str) -> None:
    """In our layout, in French, one heading."""
    html = tenant_client.get(path).content.decode()
    assert html.count("<h1") == 1
    assert "entrance-card" in html
    assert 'class="form-control"' in html
    assert "Sign" not in html


def test_a_refused_login_is_told(tenant_client: Any) -> None:
    """Summary first, then at the field."""
    html = tenant_client.post("/compte/login/", {"login": "", "password": ""}).content.decode()
    assert "<title>Erreur : " in html
    assert html.index("error-summary") < html.index("<h1")
