"""No key, webhook secret or card number in a table, page, log, error report or export."""

from __future__ import annotations

import logging
import sys
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone
from django.views.debug import ExceptionReporter

from billing.payments.gateways.base import OutcomeUnknown
from billing.payments.models import GatewayDelivery, Payment
from billing.payments.operations.accounts import add_endpoint
from billing.payments.operations.apply import apply_payment
from billing.payments.operations.refunds import refund_items
from billing.payments.secrets import unseal
from tests.billing.payments.acting import Shop
from tests.billing.payments.test_pages import person
from tests.sandbox import ACCEPTED, DECLINED

PAGES = (
    "/console/paiements/",
    "/console/versements/",
    "/console/versements/tous/",
    "/console/versements/releves/",
    "/console/comptes/",
    "/compte/",
    "/",
)


def secrets_of(shop: Shop) -> list[str]:
    """Everything that nobody may read anywhere."""
    endpoint = add_endpoint(shop.tenant, shop.account)
    return [
        unseal(shop.account.secret_key_sealed),
        unseal(shop.account.webhook_secret_sealed),
        unseal(endpoint.webhook_secret_sealed),
        django_settings.SANDBOX_ADMIN_KEY,
        ACCEPTED,
        DECLINED,
    ]


def busy(shop: Shop) -> None:
    """A payment refused, paid, refunded, one stuck; an event not understood, a refusal, a lost answer."""
    payment = shop.start(shop.charge())
    shop.pay(payment, DECLINED)
    shop.pay(payment)
    shop.post_new_events()
    refund_items(item_keys=["C-1-line"], bearer="operator", reason="test")
    shop.work()
    shop.start(shop.charge("C-2"))
    Payment.objects.filter(charge__reference="C-2").update(created_at=timezone.now() - timedelta(hours=3))
    shop.api.pay(shop.api.open_session()["id"])
    shop.post_new_events()
    GatewayDelivery.objects.filter(state="stored").update(received_at=timezone.now() - timedelta(hours=1))
    shop.work()
    shop.post_body(b"{}", secret="whsec_of_nobody")


def leaked(text: str, secrets: list[str]) -> list[int]:
    """Which secrets stand in a text, by number: a failing test must not tell them either."""
    grouped = text.replace(" ", "").replace("\u00a0", "")
    return [number for number, secret in enumerate(secrets) if secret in text or secret in grouped]


def test_no_table_holds_one(shop: Shop) -> None:
    secrets = secrets_of(shop)
    busy(shop)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = %s AND table_type = %s",
            [shop.tenant.schema_name, "BASE TABLE"],
        )
        tables = [name for (name,) in cursor.fetchall()]
        assert len(tables) > 40
        found = []
        for table in tables:
            quoted = connection.ops.quote_name(table)
            for number, secret in enumerate(secrets):
                cursor.execute(
                    f"SELECT count(*) FROM {quoted} AS row WHERE position(%s in row::text) > 0",
                    [secret],
                )
                if cursor.fetchone()[0]:
                    found.append((table, number))
        # A body is stored as bytes, which the text of a row shows as hexadecimal digits.
        for body in GatewayDelivery.objects.values_list("body", flat=True):
            found += [("body", number) for number in leaked(bytes(body).decode(), secrets)]
    assert found == []


def test_no_page_or_export_shows_one(shop: Shop) -> None:
    secrets = secrets_of(shop)
    busy(shop)
    shop.client.force_login(person("finance@exemple.example", "administrator"))
    seen = 0
    for path in PAGES:
        answer = shop.client.get(path, follow=True)
        if answer.status_code == 404:
            continue
        seen += 1
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert leaked(content.decode("utf-8", "replace"), secrets) == [], path
    assert seen >= 5
    payment = Payment.objects.first()
    assert payment is not None
    page = shop.client.get(f"/console/suivi/payment/{payment.public_id}/").content.decode()
    assert leaked(page, secrets) == []


def test_no_log_line_holds_one(
    shop: Shop, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets = secrets_of(shop)
    with caplog.at_level(logging.DEBUG):
        busy(shop)
    written = capsys.readouterr()
    lines = [record.getMessage() + repr(record.__dict__) for record in caplog.records]
    assert lines
    assert leaked("\n".join([*lines, caplog.text, written.out, written.err]), secrets) == []


def test_no_error_report_holds_one(shop: Shop, settings: Any) -> None:
    """The gateway is away: what is raised, and the report made of it, tells no key."""
    secrets = secrets_of(shop)
    payment = shop.start(shop.charge())
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    try:
        apply_payment(payment_id=payment.pk)
    except OutcomeUnknown as error:
        report = ExceptionReporter(None, type(error), error, sys.exc_info()[2])
        texts = [str(error), repr(error), repr(error.__cause__), report.get_traceback_text()]
    assert [leaked(text, secrets) for text in texts] == [[], [], [], []]
    # The report with the values of variables is for developers' machines; no handler sends it.
    loggers = [logging.getLogger(name) for name in (None, "django", "django.request")]
    handlers = [handler for logger in loggers for handler in logger.handlers]
    assert not any(getattr(handler, "include_html", False) for handler in handlers)
    assert django_settings.DEBUG is False
