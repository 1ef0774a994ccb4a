"""A person with a browser reduced to its essentials: cookies, redirects, links and forms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
from lxml import html

MAX_REDIRECTS = 10


class PageError(AssertionError):
    """The page is not what a person would need to go on."""


class Visitor:
    """One person on any number of `*.localhost` sites of one installation.

    Names under `.localhost` resolve in browsers but not in Python, so every request connects to 127.0.0.1 and
    says the wanted host in its Host header; cookies are kept per host as a browser would.
    """

    def __init__(self, name: str, origin: str) -> None:
        self.name = name
        self.origin = origin.rstrip("/")
        self.url = self.origin + "/"
        self.response: httpx.Response | None = None
        self._cookies: dict[str, dict[str, str]] = {}
        self._client = httpx.Client(timeout=30, follow_redirects=False)

    def close(self) -> None:
        self._client.close()

    def open(self, address: str) -> Visitor:
        """GET a path or an address and follow redirects; anything but 200 at the end is an error."""
        return self._go("GET", address)

    def submit(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        action: str | None = None,
        button: str | None = None,
        expect: int = 200,
    ) -> Visitor:
        """Fill and send the form that has these fields and this button's text or (part of) this action."""
        form = self._form(set(data or {}), action=action, button=button)
        values: list[tuple[str, str]] = [
            (key, value) for key, value in form.form_values() if value is not None
        ]
        filled = dict(data or {})
        uploads = {key: value for key, value in filled.items() if isinstance(value, tuple)}
        values = [(key, value) for key, value in values if key not in filled]
        for key, value in filled.items():
            if key in uploads:
                continue
            values += [(key, str(item)) for item in (value if isinstance(value, list) else [value])]
        if button:
            chosen = self._button(form, button)
            if chosen is not None and chosen.get("name"):
                values.append((chosen.get("name"), chosen.get("value") or ""))
        target = urljoin(self.url, form.get("action") or self.url)
        if (form.get("method") or "get").lower() == "get":
            return self._go("GET", str(httpx.URL(target, params=values)), expect=expect)
        body: dict[str, list[str]] = {}
        for key, value in values:
            body.setdefault(key, []).append(value)
        return self._go("POST", target, expect=expect, data=body, files=uploads or None)

    def follow(self, text: str) -> Visitor:
        """Click the first link whose text contains this."""
        for link in self.document().iter("a"):
            if text.casefold() in _words(link).casefold() and link.get("href"):
                return self.open(urljoin(self.url, link.get("href")))
        raise PageError(f"{self.where()}: no link says « {text} »")

    def document(self) -> html.HtmlElement:
        return html.fromstring(self.page.text)

    @property
    def page(self) -> httpx.Response:
        """What the last address answered. Raises PageError before the first one."""
        if self.response is None:
            raise PageError(f"{self.name} has opened nothing yet")
        return self.response

    def text(self) -> str:
        """All words of the page on one line."""
        body = self.document().find("body")
        return _words(body if body is not None else self.document())

    def heading(self) -> str:
        found = self.document().xpath("//h1")
        return _words(found[0]) if found else ""

    def sees(self, *words: str) -> Visitor:
        """Assert that the page says all of this."""
        text = self.text().casefold()
        missing = [word for word in words if " ".join(word.split()).casefold() not in text]
        if missing:
            raise PageError(f"{self.where()}: the page does not say {missing}; it says: {self.text()[:600]}")
        return self

    def download(self, address: str) -> bytes:
        """GET a file without leaving the page."""
        here = self.url, self.response
        self._go("GET", address)
        content = self.page.content
        self.url, self.response = here
        return content

    def keep(self, name: str, value: str) -> None:
        """Have a cookie of the first site, as if it had been there before."""
        self._cookies.setdefault(urlsplit(self.origin).netloc, {})[name] = value

    def cookie(self, name: str) -> str | None:
        return self._cookies.get(urlsplit(self.url).netloc, {}).get(name)

    def where(self) -> str:
        return f"{self.name} at {self.url}"

    def _form(self, fields: set[str], *, action: str | None, button: str | None) -> Any:
        forms = list(self.document().forms)
        for form in forms:
            if action is not None and action not in (form.get("action") or ""):
                continue
            if button is not None and self._button(form, button) is None:
                continue
            if fields <= {field.name for field in form.inputs if field.name}:
                return form
        buttons = [_words(b) for form in forms for b in form.iter("button")]
        raise PageError(
            f"{self.where()}: no form with fields {sorted(fields)}, action {action!r}, button {button!r};"
            f" there are the buttons {buttons}"
        )

    @staticmethod
    def _button(form: Any, text: str) -> Any | None:
        identifier = form.get("id")
        buttons = list(form.iter("button"))
        if identifier:
            buttons += form.getroottree().xpath("//button[@form=$id]", id=identifier)
        for button in buttons:
            if text.casefold() in _words(button).casefold():
                return button
        return None

    def _go(self, method: str, address: str, expect: int = 200, **content: Any) -> Visitor:
        url = urljoin(self.url, address)
        for _ in range(MAX_REDIRECTS):
            response = self._send(method, url, **content)
            if response.status_code not in (301, 302, 303, 307, 308):
                break
            url = urljoin(url, response.headers["location"])
            if response.status_code in (301, 302, 303):
                method, content = "GET", {}
        else:
            raise PageError(f"{self.name}: more than {MAX_REDIRECTS} redirects, last to {url}")
        self.url, self.response = url, response
        if response.status_code != expect:
            raise PageError(f"{self.where()}: status {response.status_code}: {_summary(response)}")
        return self

    def _send(self, method: str, url: str, **content: Any) -> httpx.Response:
        parts = urlsplit(url)
        port = parts.port or 80
        local = f"http://127.0.0.1:{port}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")
        jar = self._cookies.setdefault(parts.netloc, {})
        headers = {"Host": parts.netloc, "Accept-Language": "fr"}
        if jar:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
        if method == "POST":
            headers["Referer"] = self.url
            headers["Origin"] = f"{parts.scheme}://{parts.netloc}"
        response = self._client.request(method, local, headers=headers, **content)
        for header in response.headers.get_list("set-cookie"):
            name, _, rest = header.partition("=")
            value = rest.split(";", 1)[0]
            if re.search(r"max-age=0(;|$)", header, re.IGNORECASE):
                jar.pop(name, None)
            else:
                jar[name] = value
        self._client.cookies.clear()
        return response


def _words(element: Any) -> str:
    """The text of an element as a person reads it, spaces of all kinds folded."""
    parts = []
    for node in element.iter():
        if node.tag in ("script", "style") or not isinstance(node.tag, str):
            parts.append(" " + (node.tail or ""))
            continue
        parts.append(" " + (node.text or "") + " ")
        parts.append((node.tail or "") + " ")
    return " ".join(" ".join(parts).split())


def _summary(response: httpx.Response) -> str:
    try:
        document = html.fromstring(response.text)
    except Exception:  # a body that is not HTML is shown as it is
        return response.text[:300]
    return _words(document)[:400]
