"""What several people of the tour do alike: log in, read their mail, answer a provider's questions."""

from __future__ import annotations

import re
from typing import Any

from lxml import html

from pepiniere.demonstration.mailbox import letters
from pepiniere.tour.runner import wait_until
from pepiniere.tour.visitor import PageError, Visitor

# allauth's codes: letters and digits in groups.
_CODE = re.compile(r"^\s*([A-Z0-9]{3,4}(?:-[A-Z0-9]{3,4})+|[A-Z0-9]{6,8})\s*$", re.MULTILINE)


def log_in(visitor: Visitor, email: str, password: str) -> None:
    """By the log-in page."""
    visitor.open("/compte/login/").submit({"login": email, "password": password}, action="/compte/login/")
    if "/compte/login/" in visitor.url:
        raise PageError(f"{visitor.where()}: not logged in; the page says: {visitor.text()[:300]}")


def newest_letter(schema: str, email: str, *, containing: str = "") -> str:
    """The text of the newest message to an address, waited for: a worker sends it."""
    found: list[str] = []

    def arrived() -> bool:
        found[:] = [
            letter.text
            for letter in letters(schema)
            if email in letter.recipients and containing in letter.subject + letter.text
        ]
        return bool(found)

    wait_until(arrived, what=f"mail to {email}")
    return found[0]


def code_in(letter: str) -> str:
    """The code that a message of the account pages holds."""
    match = _CODE.search(letter)
    if match is None:
        raise PageError(f"no code in the message: {letter[:300]}")
    return match.group(1)


def answer_questions(visitor: Visitor) -> int:
    """Answer each provider's question as a busy person would; how many there were."""
    answered = 0
    while "/commander/questions/" in visitor.url:
        before = visitor.url
        visitor.submit(_answer(_question_form(visitor)), button="Continuer")
        answered += 1
        if visitor.url == before:
            raise PageError(f"{visitor.where()}: the answer was not taken: {visitor.text()[:400]}")
    return answered


def _question_form(visitor: Visitor) -> Any:
    for form in visitor.document().forms:
        names = {field.name for field in form.inputs if field.name}
        if names & {"answer", "street"}:
            return form
    raise PageError(f"{visitor.where()}: no question on this page")


def _answer(form: Any) -> dict[str, Any]:
    names = {field.name for field in form.inputs if field.name}
    if "street" in names:
        return {"street": "12 rue de l’Exemple", "postal_code": "79000", "town": "Niort"}
    field = form.inputs["answer"]
    if isinstance(field, (html.RadioGroup, html.CheckboxGroup)):
        first = next(iter(field)).get("value")
        return {"answer": [first] if isinstance(field, html.CheckboxGroup) else first}
    if isinstance(field, html.SelectElement):
        return {"answer": next(value for value in field.value_options if value)}
    if isinstance(field, html.TextareaElement):
        return {"answer": "Une savonnerie artisanale qui vend au marché et veut vendre en ligne."}
    kind = (field.get("type") or "text").lower()
    if kind == "file":
        return {"answer": ("logo.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml")}
    values = {
        "number": "5",
        "date": "2027-03-01",
        "email": "contact@savonnerie.example",
        "url": "https://savonnerie.example/",
        "tel": "+33199000001",
        "checkbox": field.get("value") or "on",
    }
    # A number field of ours is a text field that asks for digits.
    if field.get("inputmode") in ("numeric", "decimal"):
        return {"answer": "5"}
    return {"answer": values.get(kind, "Savonnerie du Marais")}
