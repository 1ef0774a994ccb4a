"""`python -m benchmarks [NAME…] [--json FILE]`: print each row and whether it holds; exit 1 if not."""

from __future__ import annotations

import argparse
import importlib
import json
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

    rows = []
    for bench in chosen:
        row = harness.measure_row(bench)
        rows.append(row)
        verdict = "holds" if row.holds else "MISSED"
        noise = "" if row.quiet else f"  (noisy: references differ by {row.drift:.0%})"
        print(f"{row.name:<38} {row.value:>9.3f} {row.unit:<6} to {row.ratio_to}")
        print(f"{'':<38} aim {row.aim:<8} {verdict}{noise}  {row.detail}", flush=True)
    if options.json:
        options.json.write_text(json.dumps([row.as_dict() for row in rows], indent=2, ensure_ascii=False))
    missed = [row.name for row in rows if not row.holds]
    print(
        f"{len(rows) - len(missed)} of {len(rows)} rows hold"
        + (f"; missed: {', '.join(missed)}" if missed else "")
    )
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
