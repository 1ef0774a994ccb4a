"""A line says to whom it belongs, and nothing of the request before."""

from __future__ import annotations

import io
import json
import logging

import pytest
import structlog
from django.http import HttpRequest, HttpResponse
from django.urls import path

from kernel.logs import request_id_of, start_log_context


def page(request: HttpRequest) -> HttpResponse:
    """Logs one line through each of the two kinds of loggers."""
    structlog.stdlib.get_logger("tenants.trial").warning("ours", amount_cents=12)
    logging.getLogger("some.library").warning("theirs %s", "é")
    return HttpResponse(request_id_of(request))


urlpatterns = [path("page/", page)]


@pytest.fixture
def lines(settings):
    """The lines written while the test runs, parsed."""
    settings.ROOT_URLCONF = settings.PUBLIC_SCHEMA_URLCONF = __name__
    handler = next(h for h in logging.getLogger().handlers if type(h) is logging.StreamHandler)
    stream, before = io.StringIO(), handler.stream
    handler.setStream(stream)
    logging.getLogger("pepiniere").setLevel("INFO")
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    handler.setStream(before)
    logging.getLogger("pepiniere").setLevel("WARNING")
    start_log_context()


def test_every_line_carries_tenant_and_request(tenant_client, lines):
    response = tenant_client.get("/page/", headers={"X-Request-ID": "abc-12345"})
    assert response.headers["X-Request-ID"] == response.content.decode() == "abc-12345"
    ours, theirs, done = lines()
    for line in (ours, theirs, done):
        assert (line["tenant"], line["request_id"]) == ("t_alpha", "abc-12345")
    assert (ours["event"], ours["amount_cents"], ours["level"]) == ("ours", 12, "warning")
    assert theirs["event"] == "theirs é"
    assert (done["event"], done["status"], done["path"]) == ("request", 200, "/page/")
    assert "user_id" not in done


@pytest.mark.parametrize("given", ["short", "x" * 65, 'a"b-injected', "line\nbreak--"])
def test_a_strange_id_is_replaced(tenant_client, lines, given):
    response = tenant_client.get("/page/", headers={"X-Request-ID": given})
    assert response.headers["X-Request-ID"] != given
    assert len(response.headers["X-Request-ID"]) == 32


def test_the_next_request_inherits_nothing(tenant_client, platform_client, lines):
    tenant_client.get("/page/")
    before = len(lines())
    platform_client.get("/page/")
    assert all("tenant" not in line for line in lines()[before:])
