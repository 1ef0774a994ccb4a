"""What every template of the product keeps to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines

TEMPLATES = Path(settings.TEMPLATES[0]["DIRS"][0])
PAGES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
# A mail client or a printer is no browser: its styles stand in the page.
ON_PAPER = ("invoicing/", "layouts/mail.html")
OURS = [page for page in PAGES if page.startswith(("account/", "components/", "errors/", "layouts/", "mfa/"))]


def text_of(page: str) -> str:
    """The template without its comments."""
    text = (TEMPLATES / page).read_text(encoding="utf-8")
    return re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("page", [page for page in PAGES if not page.startswith(ON_PAPER)])
def test_nothing_inline(page: str) -> None:
    """The policy refuses styles, scripts and handlers that stand in the page; a block of data is none."""
    text = text_of(page)
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<style\b", text)
    assert not re.search(r"<script(?! type=\"application/ld\+json\">)(?![^>]*\bsrc=)", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert "hx-on" not in text
    assert "javascript:" not in text


@pytest.mark.parametrize("page", PAGES)
def test_no_colour_that_cannot_be_read(page: str) -> None:
    """Tabler's light grounds and its green text fail the contrast that we ask."""
    assert not re.search(r"\bbg-[a-z]+-lt\b|\btext-(success|warning|info)\b", text_of(page))


@pytest.mark.parametrize("page", PAGES)
def test_nothing_from_elsewhere(page: str) -> None:
    """No file of another host."""
    assert not re.search(r"(src|href)=[\"'](https?:)?//", text_of(page))


@pytest.mark.parametrize("page", OURS)
def test_it_compiles(page: str) -> None:
    """Every tag that it uses exists."""
    engines["django"].get_template(page)


@pytest.mark.parametrize("page", OURS)
def test_forms_are_checked_by_us(page: str) -> None:
    """The browser's own bubbles are no error messages, and every post carries its token."""
    for form in re.findall(r"<form\b.*?</form>", text_of(page), flags=re.DOTALL):
        if 'method="post"' in form:
            assert "{% csrf_token %}" in form
        if ".as_div" in form:
            assert "novalidate" in form
