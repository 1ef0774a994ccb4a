"""What the tests of payments do again and again: a charge, a tenant on the sandbox, signed postings."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from billing.payments.secrets import unseal
from tests.billing.building import FIVE_PERCENT, cast, item, line
from tests.billing.sandbox.receiving import signature_of
from tests.sandbox import ACCEPTED, Api, SandboxProcess

RETURN = "http://alpha.localhost:8000/commandes/C-1/retour/"
CANCEL = "http://alpha.localhost:8000/commandes/C-1/"


@dataclass
class Shop:
    """A tenant connected to the sandbox, with a buyer and a seller."""

    tenant: Any
    account: Any
    api: Api
    client: Client
    seller: Any
    buyer: Any
    operator: Any
    posted: list[str] = field(default_factory=list)

    def charge(self, reference: str = "C-1", *, minutes: int = 60, price: str = "100.00", **more: Any) -> Any:
        """An open charge of one item, `<reference>-line`."""
        from billing.charges.operations import open_charge

        return open_charge(
            reference=reference,
            buyer=self.buyer,
            items=[item(self.seller, line(price), key=f"{reference}-line", commission=FIVE_PERCENT, **more)],
            expires_at=timezone.now() + timedelta(minutes=minutes),
        )

    def start(self, charge: Any) -> Any:
        """A started payment, its page open at the gateway."""
        from billing.payments.operations.start import start_payment

        return start_payment(charge=charge, return_url=RETURN, cancel_url=CANCEL)

    def pay(self, payment: Any, card: str = ACCEPTED, **more: str) -> dict[str, Any]:
        """The buyer pays at the gateway; nothing tells us yet."""
        return self.api.pay(payment.session_id, card, **more)

    def events(self) -> list[dict[str, Any]]:
        """All events of the account, oldest first."""
        return list(self.api.get("events", limit="100")["data"])[::-1]

    def post_event(self, event: dict[str, Any], **more: Any) -> Any:
        """Post an event to our webhook, really signed."""
        return self.post_body(json.dumps(event).encode(), **more)

    def post_body(
        self, body: bytes, *, age: int = 0, secret: str = "", endpoint: str = "", header: str = ""
    ) -> Any:
        at = str(int(time.time()) - age)
        secret = secret or unseal(self.account.webhook_secret_sealed)
        return self.client.post(
            f"/webhooks/passerelle/{endpoint or self.account.endpoint_id}/",
            data=body,
            content_type="application/json",
            headers={"Stripe-Signature": header or f"t={at},v1={signature_of(secret, at, body)}"},
        )

    def post_new_events(self) -> None:
        """Post what was not posted yet, oldest first, and let the tasks run."""
        for event in self.events():
            if event["id"] not in self.posted:
                assert self.post_event(event).status_code == 200
                self.posted.append(event["id"])
        self.work()

    def work(self) -> int:
        """Run what is due in the outbox."""
        from kernel.outbox.running import run_pending

        return run_pending("money")


def open_shop(tenant: Any, client: Client, process: SandboxProcess, settings: Any) -> Shop:
    """Connect the tenant to an account of its own at the running sandbox."""
    from billing.payments.operations.accounts import connect_sandbox

    settings.SANDBOX_URL = process.url
    settings.SANDBOX_ADMIN_KEY = process.admin_key
    account = connect_sandbox(tenant)
    operator, seller, buyer = cast()
    api = process.client(unseal(account.secret_key_sealed))
    return Shop(tenant, account, api, client, seller, buyer, operator)


def balances() -> dict[str, int]:
    """Signed balances of the ledger by account code, empty ones left out."""
    from django.db.models import Sum

    from billing.ledger.models import Posting

    rows = Posting.objects.order_by().values_list("account__code").annotate(total=Sum("amount_cents"))
    return {code: total for code, total in rows if total}


def assert_ledger_is_clean() -> None:
    """Every check of the ledger agrees."""
    from billing.ledger.verification import verify_ledger

    assert [str(finding) for finding in verify_ledger().findings] == []
