"""An entry address works once, for its space, for a minute."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.signing import TimestampSigner
from django.utils import translation

from pepiniere.demonstration.entry import SECONDS, entry_address, redeem


def token(space: str = "alpha") -> str:
    address = urlsplit(entry_address(space=space, host=f"{space}.localhost", email="ines@cafe.example"))
    assert address.hostname == f"{space}.localhost"
    return parse_qs(address.query)["jeton"][0]


def test_a_token_lets_in_once(tenant: Any) -> None:
    given = token()
    entry = redeem(given, space="alpha")
    assert entry is not None
    assert entry.email == "ines@cafe.example"
    assert redeem(given, space="alpha") is None


def test_a_token_of_another_space_is_refused(tenant: Any) -> None:
    assert redeem(token("beta"), space="alpha") is None


def test_an_old_token_is_refused(tenant: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    given = token()
    genuine = TimestampSigner.unsign

    def aged(self: TimestampSigner, value: str, max_age: Any = None) -> str:
        return genuine(self, value, max_age=-1 if max_age == SECONDS else max_age)

    monkeypatch.setattr(TimestampSigner, "unsign", aged)
    assert redeem(given, space="alpha") is None


@pytest.mark.parametrize("given", ["", "abc", "a:b:c"])
def test_a_forged_token_is_refused(tenant: Any, given: str) -> None:
    assert redeem(given, space="alpha") is None


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_language_of_the_landing_page_comes_along(tenant: Any, language: str) -> None:
    with translation.override(language):
        entry = redeem(token(), space="alpha")
    assert entry is not None
    assert entry.language == language
