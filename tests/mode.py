"""Puts a pytest process into the test mode before the settings are read (`-p tests.mode` in pyproject)."""

from __future__ import annotations

import os
import re

os.environ["PEPINIERE_MODE"] = "test"
os.environ["DJANGO_SETTINGS_MODULE"] = "pepiniere.settings"
# The driver of the browser keeps an event loop in the thread of the tests, which Django takes for its caller.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# Processes side by side have databases of their own in PostgreSQL; in Redis as well, lest a worker that one
# test started takes up the messages of another process. `gw1` of `…/0` uses `…/2`.
number = re.fullmatch(r"gw(\d+)", os.environ.get("PYTEST_XDIST_WORKER", ""))
address = re.fullmatch(r"(rediss?://[^/]+)/(\d+)", os.environ.get("REDIS_URL", ""))
if number and address:
    os.environ["REDIS_URL"] = f"{address[1]}/{int(address[2]) + int(number[1]) + 1}"
