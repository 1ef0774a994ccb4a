"""The sandbox's webhooks: signed, persistent, retried, and faulty on demand."""

from __future__ import annotations

import json
import time
from pathlib import Path

from tests.billing.sandbox.receiving import Receiver, signature_of
from tests.sandbox import DECLINED, Api, SandboxProcess

PAID = {"charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"}


def test_events_are_signed_over_their_bytes(marketplace: Api, receiver: Receiver) -> None:
    endpoint = marketplace.post("webhook_endpoints", {"url": receiver.url})
    session = marketplace.open_session(metadata={"payment": "é"})
    marketplace.pay(session["id"])
    receiver.wait_for(lambda: set(receiver.kinds()) == PAID)
    for headers, body in receiver.posts:
        at, v1 = (part.partition("=")[2] for part in headers["stripe-signature"].split(","))
        assert v1 == signature_of(endpoint["secret"], at, body)
        assert abs(int(at) - time.time()) < 30
        assert headers["host"] == f"espace-d-essai.localhost:{receiver.port}"
        event = json.loads(body)
        assert event["account"] == marketplace.account_id
        assert marketplace.get(f"events/{event['id']}")["data"] == event["data"]


def test_a_refused_posting_is_tried_again(marketplace: Api, receiver: Receiver) -> None:
    receiver.refuse_first = 2
    marketplace.post("webhook_endpoints", {"url": receiver.url})
    marketplace.pay(marketplace.open_session()["id"], DECLINED)
    receiver.wait_for(lambda: len(receiver.posts) >= 4)
    assert set(receiver.kinds()) == {"charge.failed", "payment_intent.payment_failed"}


def test_knobs_of_delivery(marketplace: Api, receiver: Receiver) -> None:
    marketplace.post("webhook_endpoints", {"url": receiver.url})
    doubled, late, lost = (marketplace.open_session()["id"] for _ in range(3))
    marketplace.knob("webhooks", mode="duplicate", session=doubled)
    marketplace.knob("webhooks", mode="delayed", delay_seconds=1, session=late)
    marketplace.knob("webhooks", mode="dropped", session=lost)
    for session in (lost, late, doubled):
        marketplace.pay(session)
    receiver.wait_for(lambda: len(receiver.posts) == 6)
    ids = [json.loads(body)["id"] for _, body in receiver.posts]
    assert len(set(ids)) == 3
    receiver.wait_for(lambda: len(receiver.posts) == 9)
    sessions = {json.loads(body)["data"]["object"]["id"] for _, body in receiver.posts}
    assert doubled in sessions
    assert late in sessions
    assert lost not in sessions
    completed = marketplace.get("events", type="checkout.session.completed")["data"]
    assert {event["data"]["object"]["id"] for event in completed} == {doubled, late, lost}


def test_an_event_can_be_sent_again(marketplace: Api, receiver: Receiver) -> None:
    marketplace.post("webhook_endpoints", {"url": receiver.url})
    marketplace.knob("webhooks", mode="dropped", times=1)
    marketplace.pay(marketplace.open_session()["id"])
    event = marketplace.get("events", type="checkout.session.completed")["data"][0]
    marketplace.post(f"test/events/{event['id']}/resend")
    receiver.wait_for(lambda: receiver.kinds() == ["checkout.session.completed"])
    assert [json.loads(body)["id"] for _, body in receiver.posts] == [event["id"]]


def test_deliveries_survive_the_process(tmp_path: Path, receiver: Receiver) -> None:
    running = SandboxProcess(tmp_path / "own.sqlite3")
    running.start()
    try:
        api = running.new_account()
        api.post("webhook_endpoints", {"url": receiver.url})
        api.knob("webhooks", mode="delayed", delay_seconds=2)
        api.pay(api.open_session()["id"])
        running.kill()
        running.start()
        receiver.wait_for(lambda: set(receiver.kinds()) == PAID)
    finally:
        running.kill()
