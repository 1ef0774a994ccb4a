"""Many writers at once: one source is told once, and nothing is lost."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

from django.db import connection, connections
from django_tenants.utils import tenant_context

from billing.ledger.accounts import AccountCode
from billing.ledger.models import JournalEntry
from billing.ledger.operations import credit, debit, post_entry
from billing.ledger.queries import balance
from billing.ledger.verification import verify_ledger

WRITERS = 8
ROUNDS = 10


def test_every_source_once_from_many_writers(committing_tenant: Any) -> None:
    errors: list[BaseException] = []
    gate = threading.Barrier(WRITERS)

    def write(worker: int) -> None:
        try:
            with tenant_context(committing_tenant):
                gate.wait()
                for number in range(ROUNDS):
                    for source in (f"payment:{number}", f"own:{worker}:{number}"):
                        post_entry(
                            source=source,
                            kind="payment",
                            occurred_on=date(2026, 11, 23),
                            postings=[debit(AccountCode.GATEWAY, 100), credit(AccountCode.HELD, 100)],
                        )
        except BaseException as error:
            errors.append(error)
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert connection.schema_name == committing_tenant.schema_name
    assert JournalEntry.objects.count() == ROUNDS * (WRITERS + 1)
    assert balance(AccountCode.GATEWAY) == 100 * ROUNDS * (WRITERS + 1)
    assert [finding for finding in verify_ledger().findings if finding.check.startswith("ledger.")] == []
