"""The real sandbox gateway as a process of the test session, and a client of its API.

A folder whose tests need it imports the fixtures in conftest: `from tests.sandbox import sandbox_process`.
"""

from __future__ import annotations

import os
import re
import secrets
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[1]

ACCEPTED = "4242424242424242"
DECLINED = "4000000000000002"
INSUFFICIENT = "4000000000009995"
CHALLENGE = "4000002760003184"


@dataclass
class SandboxProcess:
    """A sandbox on a free port with a store of its own."""

    store: Path
    admin_key: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    port: int = 0
    process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> float:
        """Start it and wait until it answers; how many seconds that took."""
        began = time.monotonic()
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}",
            "SANDBOX_ADMIN_KEY": self.admin_key,
            "SANDBOX_LOG_LEVEL": "ERROR",
        }
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "billing.sandbox.serve"),
                *("--port", str(self.port), "--store", str(self.store)),
            ],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], 30)
        line = self.process.stdout.readline() if ready else ""
        found = re.search(r":(\d+)$", line.strip())
        assert found, f"the sandbox did not start: {line!r}"
        self.port = int(found[1])
        assert httpx.get(f"{self.url}/health", timeout=10).text == "ok\n"
        return time.monotonic() - began

    def kill(self) -> None:
        """End it as a crash would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            if self.process.stdout is not None:
                self.process.stdout.close()
            self.process = None

    def client(self, key: str) -> Api:
        return Api(self.url, key)

    def new_account(self, name: str = "Espace d'essai") -> Api:
        """A client of a marketplace account of its own."""
        body = self.client(self.admin_key).post("accounts", {"business_profile": {"name": name}})
        api = self.client(body["secret_key"])
        api.account_id = body["id"]
        return api


class Refused(AssertionError):
    """An API answer other than 200."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.error = body.get("error", {}) if isinstance(body, dict) else {}


class Api:
    """The JSON API with one key."""

    def __init__(self, url: str, key: str) -> None:
        self.account_id = ""
        self.key = key
        self.http = httpx.Client(
            base_url=f"{url}/v1/", headers={"Authorization": f"Bearer {key}"}, timeout=15
        )

    def post(self, path: str, content: dict[str, Any] | None = None, *, key: str = "") -> dict[str, Any]:
        headers = {"Idempotency-Key": key} if key else {}
        return self._read(self.http.post(path, json=content or {}, headers=headers))

    def get(self, path: str, **query: str) -> dict[str, Any]:
        return self._read(self.http.get(path, params=query))

    def open_session(self, cents: int = 12345, *, key: str = "", **more: Any) -> dict[str, Any]:
        item = {"currency": "eur", "unit_amount": cents, "product_data": {"name": "Commande d'essai"}}
        content = {
            "mode": "payment",
            "line_items": [{"quantity": 1, "price_data": item}],
            "success_url": "http://boutique.localhost/merci?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://boutique.localhost/panier",
            **more,
        }
        return self.post("checkout/sessions", content, key=key)

    def pay(self, session: str, card: str = ACCEPTED, **more: str) -> dict[str, Any]:
        """Pay as the hosted page would, without a browser."""
        return self.post(f"test/checkout/sessions/{session}/pay", {"card": card, **more})

    def knob(self, knob: str, **options: Any) -> dict[str, Any]:
        return self.post("test/knobs", {"knob": knob, **options})

    def _read(self, answer: httpx.Response) -> dict[str, Any]:
        body = answer.json() if "json" in answer.headers.get("content-type", "") else answer.text
        if answer.status_code != 200:
            raise Refused(answer.status_code, body)
        return dict(body)


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """One sandbox for all tests of this process; each test opens an account of its own."""
    running = SandboxProcess(tmp_path_factory.mktemp("sandbox") / "store.sqlite3")
    running.start()
    yield running
    running.kill()


@pytest.fixture
def marketplace(sandbox_process: SandboxProcess) -> Api:
    """A fresh marketplace account at the sandbox."""
    return sandbox_process.new_account()
