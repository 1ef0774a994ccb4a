"""A program that calls the API: each answer is held against the published document."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from django.test import Client
from jsonschema import Draft202012Validator

PREFIX = "/api/v1/"


class Program:
    """Calls with a token of one person."""

    def __init__(self, client: Client, user: Any, *scopes: str) -> None:
        from tenants.accounts.tokens import create_token

        self.client = client
        _token, self.secret = create_token(user=user, name="Essai", scopes=scopes or ["write"])

    def get(self, path: str, **headers: str) -> Any:
        """Read an address below /api/v1/."""
        return self._checked("get", path, self.client.get(PREFIX + path, headers=self._headers(headers)))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """Send JSON; underscores in names of headers are hyphens."""
        answer = self.client.post(
            PREFIX + path,
            json.dumps(body if body is not None else {}),
            content_type="application/json",
            headers=self._headers(headers),
        )
        return self._checked("post", path, answer)

    def upload(self, path: str, **fields: Any) -> Any:
        """Send a form with a file."""
        answer = self.client.post(PREFIX + path, fields, headers=self._headers({}))
        return self._checked("post", path, answer)

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return {"Authorization": f"Bearer {self.secret}", **named}

    def _checked(self, method: str, path: str, answer: Any) -> Any:
        hold_against_document(method, PREFIX + path.partition("?")[0], answer)
        return answer


def hold_against_document(method: str, path: str, answer: Any) -> None:
    """Fail when status, media type or body are not what the document promises for this address."""
    template, operation = _operation(method, path)
    answers = operation["responses"]
    declared = answers.get(str(answer.status_code)) or (
        answers["default"] if answer.status_code >= 400 else None
    )
    assert declared is not None, (
        f"{method} {template} does not declare {answer.status_code}: {answer.content[:500]!r}"
    )
    media_type = answer["Content-Type"].partition(";")[0]
    content = declared["content"]
    body = content.get(media_type) or content.get("application/octet-stream")
    assert body is not None, f"{method} {template} answers {media_type}, the document says {list(content)}"
    if not media_type.endswith("json"):
        return
    schema = {**body["schema"], "components": _document()["components"]}
    checker = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    wrong = [
        f"{'.'.join(map(str, error.path))}: {error.message}" for error in checker.iter_errors(answer.json())
    ]
    assert wrong == [], f"{method} {template}: {wrong}"


def _operation(method: str, path: str) -> tuple[str, Any]:
    # The addresses with fewer parameters first, as Django reads them.
    for template in sorted(_document()["paths"], key=lambda known: known.count("{")):
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            return template, _document()["paths"][template][method]
    raise LookupError(f"no address of the document fits {path}")


@cache
def _document() -> dict[str, Any]:
    from pepiniere.reference.document import openapi

    found = openapi()
    # Nothing beside what is declared may be answered.
    for schema in found["components"]["schemas"].values():
        if schema.get("type") == "object":
            schema.setdefault("additionalProperties", False)
    return found
