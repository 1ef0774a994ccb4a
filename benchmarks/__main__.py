"""`python -m benchmarks [NAME…] [--json FILE]`: print each row and whether it holds; exit 1 if not."""

from __future__ import annotations

import argparse
import importlib
import json
import logging
import os
import pkgutil
import sys
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(prog="pepiniere bench")
    parser.add_argument("names", nargs="*", metavar="NAME", help="rows whose name starts so; all by default")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the rows to FILE")
    options = parser.parse_args()

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pepiniere.settings")
    import django

    django.setup()

    import benchmarks
    from benchmarks import harness

    for module in pkgutil.iter_modules(benchmarks.__path__):
        if module.name.startswith("rows_"):
            importlib.import_module(f"benchmarks.{module.name}")

    chosen = [
        bench
        for name, bench in harness.REGISTRY.items()
        if not options.names or any(name.startswith(wanted) for wanted in options.names)
    ]
    if not chosen:
        print(f"no such row; there are: {', '.join(harness.REGISTRY)}", file=sys.stderr)
        return 2

    from benchmarks.spaces import discard_all

    prepare()
    rows = []
    try:
        for bench in chosen:
            row = harness.measure_row(bench)
            rows.append(row)
            show(row)
    finally:
        discard_all()
    if options.json:
        options.json.write_text(json.dumps([row.as_dict() for row in rows], indent=2, ensure_ascii=False))
    missed = [row.name for row in rows if not row.holds]
    print(
        f"{len(rows) - len(missed)} of {len(rows)} rows hold"
        + (f"; missed: {', '.join(missed)}" if missed else "")
    )
    return 1 if missed else 0


def prepare() -> None:
    """Bring database and static files to this code, as the start of the product does; log to a file."""
    from django.conf import settings
    from django.core.management import call_command

    settings.ROOT_URLCONF = "benchmarks.urls"
    log = Path(settings.STATE_DIR) / "log" / "bench.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    # The lines are written as in production, but not between the rows.
    stream = log.open("w", encoding="utf-8")
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(stream)
    call_command("migrate_tenants", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def show(row: object) -> None:
    """One row on two lines, as soon as it is measured."""
    from benchmarks.harness import Row

    assert isinstance(row, Row)
    verdict = "holds" if row.holds else "MISSED"
    noise = "" if row.quiet else f"  (noisy: references differ by {row.drift:.0%})"
    print(f"{row.name:<38} {row.value:>9.3f} {row.unit:<10} {row.ratio_to}")
    print(f"{'':<38} aim {row.aim:<8} {verdict}{noise}  {row.detail}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
