"""What a web worker and the documents worker keep in memory, as real processes of the product."""

from __future__ import annotations

import http.client
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from benchmarks.harness import Measure, benchmark
from benchmarks.spaces import Space, space_with
from billing.charges.operations import open_charge
from billing.invoicing.models import InvoiceDocument
from billing.payouts.operations import release
from kernel.outbox.models import OutboxTask
from pepiniere.embedded.children import product_children
from pepiniere.embedded.places import StateDirectory
from pepiniere.embedded.ports import LOOPBACK, free_port
from pepiniere.embedded.supervisor import Supervisor
from services.catalogue.models import ProviderProfile, Service
from services.catalogue.offers import charge_item_input, freeze_offer
from tenants.directory.current import tenant_context
from tenants.parties.models import Party
from tests.billing.building import receive

REQUESTS_A_WORKER = 200
WEB_WORKERS = 2
INVOICES = 30
BATCHES = 4
START_SECONDS = 60.0
INVOICES_SECONDS = 240.0


@contextmanager
def running(name: str) -> Iterator[tuple[int, int]]:
    """One process of the product, started as the product starts it; its number and the port of the web."""
    port = free_port()
    state = StateDirectory(Path(settings.STATE_DIR))
    children = product_children(state, dict(os.environ), port)
    supervisor = Supervisor(notice=print)
    try:
        supervisor.start([child for child in children if child.name == name])
        supervisor.wait_healthy(START_SECONDS)
        yield supervisor.pids[name], port
    finally:
        supervisor.stop()


def resident_mebibytes(pid: int, *, largest: bool = False) -> float:
    """Resident memory of a process now, or the largest that it ever had."""
    wanted = "VmHWM:" if largest else "VmRSS:"
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith(wanted))
    return int(line.split()[1]) / 1024


def children_of(pid: int) -> list[int]:
    """The direct children of a process."""
    return [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]


@benchmark(
    name="memory_web_worker",
    unit="MiB",
    ratio_to=f"the most that the larger of {WEB_WORKERS} had in {REQUESTS_A_WORKER} pages each",
    aim=150,
)
def memory_web_worker() -> Measure:
    """The web server with the pages of a visitor and of an entrepreneur."""
    space = space_with("some")
    paths = _pages_of(space)
    with running("web") as (pid, port):
        first = max(resident_mebibytes(worker) for worker in children_of(pid))
        for number in range(REQUESTS_A_WORKER * WEB_WORKERS):
            signed_in = number % 2 == 1
            _ask(space, port, paths[number // 2 % len(paths)], signed_in=signed_in)
        workers = children_of(pid)
        assert len(workers) == WEB_WORKERS, f"{len(workers)} web workers"
        return Measure(
            max(resident_mebibytes(worker, largest=True) for worker in workers),
            f"{first:.0f} MiB after the start",
        )


def _pages_of(space: Space) -> list[str]:
    with tenant_context(space.tenant):
        services = Service.objects.published().order_by("pk").values_list("slug", flat=True)[:8]
        provider = ProviderProfile.objects.order_by("pk")[0].slug
        return [
            *(
                "/",
                "/services/",
                "/services/?page=2",
                "/services/?q=site",
                "/rubriques/site/",
                "/dispositifs/",
            ),
            *(f"/services/{slug}/" for slug in services),
            f"/prestataires/{provider}/",
            "/panier/",
        ]


def _ask(space: Space, port: int, path: str, *, signed_in: bool) -> None:
    # A connection of its own each time: the kernel gives it to either worker.
    client = http.client.HTTPConnection(LOOPBACK, port, timeout=30)
    headers = {"Host": f"{space.host}:{port}"}
    if signed_in:
        headers["Cookie"] = f"{settings.SESSION_COOKIE_NAME}={space.session}"
    try:
        client.request("GET", path, headers=headers)
        answer = client.getresponse()
        answer.read()
        if answer.status != 200:
            raise AssertionError(f"{path}: {answer.status}")
    finally:
        client.close()


@dataclass(frozen=True)
class DocumentsWorker:
    """MiB of the documents worker after each batch of invoices, and the most it ever had."""

    after: tuple[float, ...]
    largest: float


@cache
def documents_worker() -> DocumentsWorker:
    """One process that issues and renders every batch."""
    space = space_with("some")
    with running("worker-documents") as (pid, _port):
        after = []
        for batch in range(1, BATCHES + 1):
            _have_invoices(space, batch)
            after.append(resident_mebibytes(pid))
        assert not children_of(pid), "the documents worker renders in this very process"
        return DocumentsWorker(tuple(after), resident_mebibytes(pid, largest=True))


@benchmark(
    name="memory_documents_worker",
    unit="MiB",
    ratio_to=f"the most it had in {BATCHES * INVOICES} invoices",
    aim=450,
)
def memory_documents_worker() -> Measure:
    """The worker that holds WeasyPrint."""
    worker = documents_worker()
    return Measure(worker.largest, f"{worker.after[-1]:.0f} MiB at the end")


@benchmark(
    name="memory_documents_growth",
    unit="%",
    ratio_to=f"from {INVOICES} to {BATCHES * INVOICES} invoices",
    aim=5,
)
def memory_documents_growth() -> Measure:
    """Whether rendering leaves something behind."""
    after = documents_worker().after
    return Measure((after[-1] / after[0] - 1) * 100, " → ".join(f"{size:.1f}" for size in after) + " MiB")


def _have_invoices(space: Space, batch: int) -> None:
    """Approve as many paid parts as make 30 invoices, and wait until each has its PDF."""
    with tenant_context(space.tenant):
        before = InvoiceDocument.objects.count()
        buyer = Party.objects.filter(roles__role="business", roles__state="active").order_by("pk")[0]
        services = Service.objects.published().filter(price_kind="fixed").order_by("pk")
        for number, service in enumerate(services):
            _approve_all(service, buyer, f"BENCH-{batch}-{number:03d}")
            if _coming() + InvoiceDocument.objects.count() - before >= INVOICES:
                break
        deadline = time.monotonic() + INVOICES_SECONDS
        while InvoiceDocument.objects.count() - before < INVOICES or _coming():
            if time.monotonic() > deadline:
                raise AssertionError(
                    f"{InvoiceDocument.objects.count() - before} invoices in {INVOICES_SECONDS:.0f} s"
                )
            time.sleep(0.2)
    connection.close()


def _coming() -> int:
    return OutboxTask.objects.open().filter(queue="documents").count()


def _approve_all(service: Any, buyer: Party, reference: str) -> None:
    offer = freeze_offer(service)
    item = charge_item_input(offer, f"{reference}-1", service.provider)
    receive(open_charge(reference=reference, buyer=buyer, items=[item]))
    for part in offer["milestones"]:
        release(item_key=item.key, release_key=part["key"])
