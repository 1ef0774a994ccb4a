"""What the money of one order costs, from its price to the received payment: statements, and CPU."""

from __future__ import annotations

import atexit
import itertools
import statistics
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from benchmarks.harness import Measure, benchmark, cpu_once, reference_loop
from benchmarks.spaces import new_tenant
from billing.charges.lifecycle import ChargeState
from billing.charges.operations import open_charge
from billing.payments.models import Payment
from billing.payments.operations.accounts import connect_sandbox
from billing.payments.operations.apply import apply_payment
from billing.payments.operations.start import start_payment
from billing.payments.secrets import unseal
from tenants.directory.current import tenant_context
from tenants.directory.models import Tenant
from tests.billing.building import FIVE_PERCENT, cast, item, line, party
from tests.sandbox import Api, SandboxProcess
from tests.tenants.database.wire import statements_sent

PAGE = "http://bench.example/"
ORDERS = 15
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Till:
    """A tenant whose payments go to a sandbox gateway of its own, over HTTP."""

    tenant: Tenant
    gateway: Api
    buyer: Any
    sellers: tuple[Any, Any]

    def open(self) -> Payment:
        """Open the charge of two items of two sellers, one of them in two parts, and its page."""
        reference = f"bench-{next(_numbers)}"
        one, other = self.sellers
        charge = open_charge(
            reference=reference,
            buyer=self.buyer,
            items=[
                item(one, line("390.00"), key=f"{reference}-1", shares=(40, 60), commission=FIVE_PERCENT),
                item(other, line("120.50"), key=f"{reference}-2", commission=FIVE_PERCENT),
            ],
            expires_at=timezone.now() + timedelta(hours=1),
        )
        return start_payment(charge=charge, return_url=PAGE, cancel_url=PAGE)

    def apply(self, payment: Payment) -> None:
        """What webhook, return page and reconciler do once the buyer has paid."""
        applied = apply_payment(payment_id=payment.pk)
        if applied.charge.state != ChargeState.PAID:
            raise AssertionError(f"{applied.state}, {applied.charge.state}")


@cache
def till() -> Till:
    """A tenant of this run, and one charge behind it that has warmed everything up."""
    tenant = new_tenant("money")
    process = SandboxProcess(Path(tempfile.mkdtemp(prefix="pepiniere-bench-")) / "store.sqlite3")
    process.start()
    atexit.register(process.kill)
    settings.SANDBOX_URL, settings.SANDBOX_ADMIN_KEY = process.url, process.admin_key
    with tenant_context(tenant):
        account = connect_sandbox(tenant)
        _operator, seller, buyer = cast()
        gateway = process.client(unseal(account.secret_key_sealed))
        made = Till(tenant, gateway, buyer, (seller, party(role="provider", regime="franchise")))
        payment = made.open()
        gateway.pay(payment.session_id)
        made.apply(payment)
    return made


@benchmark(
    name="money_statements",
    unit="statements",
    ratio_to="the money of one order of two items, from the cart to paid, BEGIN and COMMIT counted",
    aim=60,
)
def money_statements() -> Measure:
    """Priced, charged, its page opened, its payment applied and booked, as libpq sends it."""
    desk = till()
    with tenant_context(desk.tenant):
        with statements_sent() as opening:
            payment = desk.open()
        desk.gateway.pay(payment.session_id)
        with statements_sent() as applying:
            desk.apply(payment)
    told = f"{len(opening)} to the open page, {len(applying)} to apply the money"
    return Measure(len(opening) + len(applying), told)


@benchmark(
    name="money_cpu",
    unit="×",
    ratio_to="CPU of the reference loop (400,000 additions)",
    aim=6,
)
def money_cpu() -> Measure:
    """Median over orders: CPU of this process and of its PostgreSQL backend, the gateway's left out."""
    desk = till()
    opening, applying = [], []
    with tenant_context(desk.tenant):
        for _number in range(ORDERS):
            spent, payment = cpu_once(desk.open)
            opening.append(spent)
            desk.gateway.pay(payment.session_id)
            applying.append(cpu_once(lambda payment=payment: desk.apply(payment))[0])
    loop = reference_loop()
    one, other = statistics.median(opening), statistics.median(applying)
    told = f"{one * 1000:.1f} ms to open, {other * 1000:.1f} ms to apply, {loop * 1000:.1f} ms the loop"
    return Measure((one + other) / loop, told)
