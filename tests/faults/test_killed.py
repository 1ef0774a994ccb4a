"""The main job while web, workers, scheduler, PostgreSQL and Redis are killed under it."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from billing.payments import faults as payments
from billing.payouts import faults as payouts
from pepiniere.embedded.places import read_json
from tests.faults.people import Person, until
from tests.live.stack import Live

pytestmark = pytest.mark.timeout(420)

SPACE = "canari-b"
TWO_STEPS, ONE_STEP = "site-une-page-atelier-web-des-marais", "audit-accessibilite-clain-numerique"
SELLERS = {TWO_STEPS: "atelier-web-des-marais", ONE_STEP: "clain-numerique"}
INVOICE = "invoicing.before_commit"
# A task whose worker died is taken up when its lease is over.
AFTER_THE_LEASE = 110.0
MESSAGES = 100


class Stage:
    """The live stack as somebody with a hammer sees it."""

    def __init__(self, live: Live) -> None:
        self.live = live

    def arm(self, *points: str) -> list[Path]:
        """Kill whoever passes these points next."""
        folder = self.live.state.path / "faults"
        folder.mkdir(exist_ok=True)
        # The product's processes may run as another account.
        folder.chmod(0o777)
        triggers = [folder / point for point in points]
        for trigger in triggers:
            trigger.touch()
        return triggers

    def kill(self, *names: str) -> None:
        """`kill -9` supervised processes of the product."""
        for name in names:
            os.kill(self.live.pids()[name], signal.SIGKILL)

    def kill_server(self, name: str) -> int:
        """`kill -9` PostgreSQL or Redis; the number it had."""
        pid = self.servers()[name]
        os.kill(pid, signal.SIGKILL)
        return pid

    def servers(self) -> dict[str, int]:
        """The processes of PostgreSQL and Redis now."""
        facts = read_json(self.live.state.run / "servers.json")
        return dict(facts["children"])

    def inside(self, verb: str, *arguments: str) -> object:
        """See `tests.faults.inside`."""
        return json.loads(self.live.run("tests.faults.inside", verb, SPACE, *arguments))


@pytest.fixture
def stage(live: Live) -> Iterator[Stage]:
    """The stack; whole again and without traps after the test."""
    made = Stage(live)
    yield made
    for trigger in (live.state.path / "faults").glob("*"):
        trigger.unlink()
    anybody = Person(live, SPACE, "entrepreneur")
    anybody.sees("/", "CANARI-B")


def test_the_main_job_survives_its_processes(live: Live, stage: Stage) -> None:
    """Paid once, delivered, approved, invoiced once, paid out once, refunded once; the books agree."""
    buyer = Person(live, SPACE, "entrepreneur")
    bought, returned = buyer.order(TWO_STEPS), buyer.order(ONE_STEP)
    # Web dies when the payment is saved, when the bank's page is open, and with the bank's word in hand.
    traps = stage.arm(payments.PAYMENT_SAVED, payments.PAYMENT_OPENED, payments.DELIVERY_STORED)
    buyer.pay(bought)
    buyer.pay(returned)
    buyer.sees(f"/commandes/{bought}/", "Envoyée", seconds=AFTER_THE_LEASE)
    buyer.sees(f"/commandes/{returned}/", "Envoyée", seconds=AFTER_THE_LEASE)
    assert [trap.name for trap in traps if trap.exists()] == []

    seller = Person(live, SPACE, "provider", SELLERS[TWO_STEPS])
    work = f"/prestataire/prestations/{bought}-1/"
    stage.kill("web")
    seller.does(work, "Accepter", lambda: seller.shows(work, "Démarrer"))
    stage.kill("scheduler", "worker-default")
    seller.does(work, "Démarrer", lambda: seller.shows(work, "Livrer"))
    decliner = Person(live, SPACE, "provider", SELLERS[ONE_STEP])
    unwanted = f"/prestataire/prestations/{returned}-1/"
    decliner.does(
        f"{unwanted}decliner/",
        "Décliner",
        lambda: decliner.shows(unwanted, "Déclinée"),
        reason="Complet jusqu’en mars.",
    )

    # Whoever issues the invoice, sends the payout or gives the money back dies halfway.
    traps = stage.arm(INVOICE, payouts.LEG_CALLED, payments.REFUND_CALLED)
    operator = Person(live, SPACE, "administrator")
    again = f"/console/commandes/{returned}/"
    operator.does(
        f"/console/prestations/{returned}-1/give_back/",
        "Rembourser",
        lambda: operator.shows(again, "Remboursée"),
        reason="Personne d’autre n’est libre.",
    )
    delivered = {"title": "Livrable", "link": "https://livrable.example/", "note": "Voici."}
    seller.does(work, "Livrer", lambda: buyer.shows(f"/commandes/{bought}/", "À valider"), **delivered)
    approval = f"/commandes/{bought}/1/valider/"
    buyer.does(approval, "Valider", lambda: not buyer.shows(f"/commandes/{bought}/", "À valider"))
    until(lambda: not any(trap.exists() for trap in traps), "passage at each trap")
    seller.does(work, "Livrer", lambda: buyer.shows(f"/commandes/{bought}/", "À valider"), **delivered)
    stage.kill("worker-money", "worker-documents")
    postgres = stage.kill_server("postgres")
    until(lambda: stage.servers()["postgres"] != postgres, "other PostgreSQL")
    buyer.does(approval, "Valider", lambda: not buyer.shows(f"/commandes/{bought}/", "À valider"))

    until(lambda: stage.inside("open") == [], "end of all tasks", seconds=AFTER_THE_LEASE)
    verdict = stage.inside("judge", bought, returned)
    assert verdict == {
        "findings": [],
        "gateway_transfers": 1,
        "gateway_refunds": 1,
        "orders": {
            bought: {
                "states": ["approved"],
                "payments": ["succeeded"],
                "legs": ["sent", "sent"],
                "legs_of_a_release": 1,
                # Of each step the sale and the commission.
                "invoices": 4,
                "invoices_of_a_kind": 1,
                "rendered": 4,
                "refunds": [],
            },
            returned: {
                "states": ["refunded"],
                "payments": ["succeeded"],
                "legs": [],
                "legs_of_a_release": 0,
                "invoices": 0,
                "invoices_of_a_kind": 0,
                "rendered": 0,
                "refunds": ["done"],
            },
        },
    }


def test_redis_loses_a_hundred_messages(live: Live, stage: Stage) -> None:
    """Its data is gone with the process; what was queued comes again from the outbox, each once."""
    buyer = Person(live, SPACE, "entrepreneur")
    number = buyer.order(ONE_STEP)
    buyer.pay(number)
    buyer.sees(f"/commandes/{number}/", "Envoyée", seconds=AFTER_THE_LEASE)
    until(lambda: stage.inside("open") == [], "quiet", seconds=AFTER_THE_LEASE)
    worker = live.pids()["worker-default"]
    os.kill(worker, signal.SIGSTOP)
    try:
        stage.inside("write", f"{number}-1", str(MESSAGES))
        assert _queued(live, "default") >= MESSAGES - 10
        redis = stage.kill_server("redis")
        until(lambda: stage.servers()["redis"] != redis, "other Redis")
        time.sleep(1)
        assert _queued(live, "default") < 10
    finally:
        os.kill(worker, signal.SIGCONT)
    # The site works meanwhile.
    buyer.sees("/commandes/", number)
    until(lambda: stage.inside("open") == [], "end of all tasks", seconds=AFTER_THE_LEASE)
    letters = stage.inside("letters", "Message compté")
    assert isinstance(letters, dict)
    assert len(letters) == MESSAGES
    assert set(letters.values()) == {1}


def _queued(live: Live, queue: str) -> int:
    import redis

    with redis.Redis.from_url(live.stack.environment["REDIS_URL"]) as client:
        return int(client.llen(f"celery:{queue}"))  # type: ignore[arg-type]
