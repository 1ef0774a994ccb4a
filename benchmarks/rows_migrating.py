"""What a deployment without new migrations costs when there are two hundred spaces."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from functools import cache

from django.conf import settings
from django.db import connection

from benchmarks.harness import Measure, benchmark
from benchmarks.spaces import RUN, new_tenant
from pepiniere.settings.environment import ROOT
from tenants.provisioning.migrating import migrate_tenants
from tests.tenants.database.wire import statements_sent

SPACES = 200
ROUNDS = 5


@cache
def two_hundred_spaces() -> None:
    """Whole schemas from the template: their catalogue entries are what comparing has to read."""
    for number in range(1, SPACES + 1):
        new_tenant("light", number=number)
    connection.set_schema_to_public()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def seconds_of(*arguments: str) -> float:
    """Elapsed seconds of a Django command in a process of its own."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "django", *arguments],
        cwd=ROOT,
        env={**os.environ, "PEPINIERE_STATE_DIR": str(settings.STATE_DIR)},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - start


@benchmark(
    name="migrate_statements",
    unit="statements",
    ratio_to=f"a migrate without work, those that ask the schemas of {SPACES} spaces",
    aim=2,
)
def migrate_statements() -> Measure:
    """Statements that name a space."""
    two_hundred_spaces()
    with statements_sent() as sent:
        touched = migrate_tenants()
    assert touched == []
    across = [statement for statement in sent if f"t_{RUN.replace('-', '_')}_light" in statement]
    return Measure(len(across), f"{len(sent)} in all")


@benchmark(
    name="migrate_beyond_check",
    unit="s",
    ratio_to=f"migrate without work over {SPACES} spaces, beyond `manage check` (elapsed)",
    aim=0.5,
)
def migrate_beyond_check() -> Measure:
    """Two processes in turns."""
    two_hundred_spaces()
    migrating, checking = [], []
    for _ in range(ROUNDS):
        checking.append(seconds_of("check"))
        migrating.append(seconds_of("migrate"))
    one, other = statistics.median(migrating), statistics.median(checking)
    return Measure(one - other, f"{one:.2f} s − {other:.2f} s")
