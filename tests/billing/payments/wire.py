"""The money part of the product as it runs: a web server, a worker and a gateway in processes of their own.

The tests act as the gateway's dashboard, the buyer and staff; what they look at is the database of the
tenant and the pages that the web server serves. The scheduler's sweep is called while they wait.
"""

from __future__ import annotations

import os
import re
import secrets
import signal
import string
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from pepiniere.embedded.ports import free_port
from tests.billing.payments.act import ROOT, connection_of_the_test
from tests.billing.payments.acting import Shop, open_shop
from tests.sandbox import SandboxProcess

PATIENCE_SECONDS = 60.0


@dataclass
class Wire:
    """One tenant behind real processes, and a second one that must never be touched."""

    shop: Shop
    port: int
    processes: list[subprocess.Popen[bytes]]
    logs: Path
    staff: httpx.Client
    stranger: Shop
    lost: set[str] = field(default_factory=set)
    """Events that the gateway will never post."""
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 10_000)))

    def reference(self) -> str:
        return f"W-{next(self.numbers)}"

    def until(self, condition: Callable[[], Any], what: str) -> Any:
        """Wait for the worker; sweep the outbox meanwhile as the scheduler does."""
        from kernel.outbox.sweeping import sweep_outbox

        deadline = time.monotonic() + PATIENCE_SECONDS
        swept = time.monotonic()
        while True:
            found = condition()
            if found:
                return found
            assert time.monotonic() < deadline, f"no {what}; {self.tail()}"
            if time.monotonic() - swept > 1:
                sweep_outbox()
                swept = time.monotonic()
            time.sleep(0.05)

    def state(self, row: Any, *states: str) -> Any:
        """Wait until a row is in one of these states."""

        def reached() -> bool:
            row.refresh_from_db()
            return row.state in states

        self.until(reached, f"{states} of {row!r}, which is {row.state}")
        return row

    def quiet(self) -> None:
        """Wait until every posting of the gateway is applied and no task of money is due."""
        from django.utils import timezone

        from billing.payments.models import GatewayDelivery
        from kernel.outbox.models import OutboxTask

        def done() -> bool:
            events = {event["id"] for event in self.shop.events()[-12:]} - self.lost
            had = set(GatewayDelivery.objects.filter(event_id__in=events).values_list("event_id", flat=True))
            due = OutboxTask.objects.open().filter(queue="money", due_at__lte=timezone.now())
            return had == events and not due.exists()

        self.until(done, "quiet")

    def lose_events(self) -> None:
        """What has happened so far and was not posted never will be."""
        self.lost |= {event["id"] for event in self.shop.events()}

    def token(self, path: str) -> str:
        """The token of the forms of a page."""
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.page(path))
        assert found, path
        return found[1]

    def hurry(self, task: str) -> None:
        """Make the waiting tasks of a name due now: hours pass."""
        from django.utils import timezone

        from kernel.outbox.models import OutboxTask

        OutboxTask.objects.open().filter(name=task).update(due_at=timezone.now(), leased_until=None)

    def page(self, path: str) -> str:
        """A page of the console as staff see it."""
        answer = self.staff.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return answer.text

    def row(self, reference: str, path: str = "/console/paiements/") -> str:
        """The row of the list that names this; empty when nothing waits."""
        rows = re.findall(r"<tr role=\"row\">.*?</tr>", self.page(path), re.S)
        return next((row for row in rows if re.search(rf"\b{re.escape(reference)}\b", row)), "")

    def press(self, html: str, label: str, **data: str) -> str:
        """Press the button with this label, or follow its link and say yes there."""
        link = re.search(rf'<a [^>]*href="([^"]+)"[^>]*>{re.escape(label)}', html)
        if link:
            path, page = link[1], self.page(link[1])
        else:
            pattern = rf'<form method="post" action="([^"]+)"[^>]*>\s*<input[^>]*>\s*<button[^>]*>{label}'
            form = re.search(pattern, html)
            assert form, f"no button « {label} » in {html}"
            path, page = form[1], html
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, path
        answer = self.staff.post(path, data={"csrfmiddlewaretoken": token[1], **data}, follow_redirects=True)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return answer.text

    def tail(self) -> str:
        return "\n".join(path.read_text(errors="replace")[-1500:] for path in self.logs.glob("*.log"))


@contextmanager
def running_wire(process: SandboxProcess, folder: Path) -> Iterator[Wire]:
    """Two tenants on the gateway, a web server and a worker; all of it is gone afterwards."""
    from django.db import connection
    from django.test.utils import override_settings

    from tenants.provisioning.operations import discard_tenant

    port = free_port()
    environment = {
        **os.environ,
        **connection_of_the_test(),
        "SANDBOX_URL": process.url,
        "SANDBOX_ADMIN_KEY": process.admin_key,
        "PEPINIERE_PORT": str(port),
        "PEPINIERE_STATE_DIR": str(folder),
        "PYTHONUNBUFFERED": "1",
    }
    forget_messages()
    tenants = [new_tenant() for _ in range(2)]
    with override_settings(SANDBOX_URL=process.url, SANDBOX_ADMIN_KEY=process.admin_key):
        processes = [
            start(folder, environment, "web", *GRANIAN, "--port", str(port)),
            start(folder, environment, "worker", *WORKER),
        ]
        try:
            shops = [connected(tenant, process, port) for tenant in reversed(tenants)]
            client = wait_for_web(port, shops[1].tenant)
            log_in(shops[1], client)
            yield Wire(shops[1], port, processes, folder, client, shops[0])
        finally:
            for each in processes:
                # With its children, which would go on holding the port and the database.
                os.killpg(each.pid, signal.SIGKILL)
                each.wait(10)
            connection.set_schema_to_public()
            for tenant in tenants:
                discard_tenant(tenant=tenant)
            connection.close()


GRANIAN = (
    *(sys.executable, "-m", "granian", "--interface", "wsgi", "pepiniere.wsgi:application"),
    *("--host", "127.0.0.1", "--workers", "1", "--blocking-threads", "4"),
)
WORKER = (
    *(sys.executable, "-m", "celery", "-A", "pepiniere.celery:app", "worker", "-Q", "money,default"),
    *("-n", "wire@pepiniere", "--pool", "solo", "--loglevel", "WARNING"),
    *("--without-mingle", "--without-gossip", "--without-heartbeat"),
)


def start(folder: Path, environment: dict[str, str], name: str, *command: str) -> subprocess.Popen[bytes]:
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
        )


def forget_messages() -> None:
    """What earlier tests left in the queues concerns tenants that are gone."""
    import redis

    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        client.delete(*(f"celery:{queue}" for queue in ("default", "money", "documents")))


def new_tenant() -> Any:
    from tenants.provisioning.operations import provision_tenant

    slug = f"wire-{secrets.token_hex(4)}"
    code = "".join(secrets.choice(string.ascii_uppercase) for _ in range(4))
    return provision_tenant(slug=slug, host=f"{slug}.localhost", number_code=code, name="Fil", is_demo=True)


def connected(tenant: Any, process: SandboxProcess, port: int) -> Shop:
    """The tenant on the gateway, its events posted to the web server; it is the current one afterwards."""
    from django.conf import settings as current
    from django.db import connection
    from django.test import Client

    connection.set_tenant(tenant)
    shop = open_shop(tenant, Client(SERVER_NAME=f"{tenant.slug}.localhost"), process, current)
    turn_endpoint(shop, shop.account.gateway_endpoint_id, shop.account.endpoint_id, port)
    return shop


def turn_endpoint(shop: Shop, gateway_endpoint_id: str, endpoint_id: str, port: int) -> None:
    """Have the gateway post to this web server: its port was not known to this process' settings."""
    url = f"http://{shop.tenant.slug}.localhost:{port}/webhooks/passerelle/{endpoint_id}/"
    shop.api.post(f"webhook_endpoints/{gateway_endpoint_id}", {"url": url})


def wait_for_web(port: int, tenant: Any) -> httpx.Client:
    """A client of the tenant's site, once it answers."""
    client = httpx.Client(
        base_url=f"http://127.0.0.1:{port}", headers={"Host": f"{tenant.slug}.localhost:{port}"}, timeout=20
    )
    deadline = time.monotonic() + 60
    while True:
        try:
            if client.get("/health/ready").status_code == 200:
                return client
        except httpx.HTTPError:
            pass
        assert time.monotonic() < deadline, "the web server does not answer"
        time.sleep(0.1)


def log_in(shop: Shop, client: httpx.Client) -> None:
    """Finance staff, with a session of the tenant."""
    from tests.billing.payments.test_pages import person

    staff = person("finance@wire.example", "finance")
    shop.client.force_login(staff)
    client.cookies.set("session", shop.client.cookies["session"].value)
