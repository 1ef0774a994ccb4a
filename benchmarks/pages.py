"""Pages asked for in-process, through the WSGI application that the web server calls."""

from __future__ import annotations

import io
from http.cookies import SimpleCookie
from typing import Any

from django.conf import settings

from benchmarks.spaces import Space
from pepiniere.wsgi import application

Headers = list[tuple[str, str]]


class Visitor:
    """A browser on a space's site: it keeps cookies, and its requests share one connection."""

    def __init__(self, space: Space, *, cookies: dict[str, str] | None = None) -> None:
        self.space = space
        self.cookies = dict(cookies or {})

    def get(self, path: str) -> bytes:
        """The content of a page. Raises AssertionError when it is not answered with 200."""
        path, _, query = path.partition("?")
        answered: list[tuple[str, Headers]] = []
        response = application(
            self._environ(path, query),
            lambda status, headers, *rest: answered.append((status, headers)) or bytes,
        )
        try:
            content = b"".join(response)
        finally:
            # Ends the request as a web server does.
            response.close()
        status, headers = answered[0]
        if not status.startswith("200"):
            raise AssertionError(f"{self.space.host}{path}: {status}")
        for name, value in headers:
            # Cookies that come again are the same, only younger: reading them is no part of the page.
            if name == "Set-Cookie" and value.strip().partition("=")[0] not in self.cookies:
                self.cookies.update((key, morsel.value) for key, morsel in SimpleCookie(value).items())
        return content

    def _environ(self, path: str, query: str) -> dict[str, Any]:
        return {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": self.space.host,
            "SERVER_PORT": str(settings.SITE_PORT),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": f"{self.space.host}:{settings.SITE_PORT}",
            "HTTP_ACCEPT": "text/html",
            "HTTP_ACCEPT_LANGUAGE": "fr-FR,fr;q=0.9,en;q=0.5",
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(b""),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
