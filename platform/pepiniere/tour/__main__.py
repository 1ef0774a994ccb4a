"""`python -m pepiniere.tour --port N`: the tour on a running stack; exit 1 names the failed step."""

from __future__ import annotations

import argparse
import os
import sys
import time


def main() -> int:
    parser = argparse.ArgumentParser(prog="pepiniere tour")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--keep", action="store_true", help="leave the tour's tenant in place")
    options = parser.parse_args()

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pepiniere.settings")
    # The steps are what people read; the log lines of the stack's own processes go where they always go.
    os.environ.setdefault("PEPINIERE_LOG_LEVEL", "WARNING")
    import django

    django.setup()

    from pepiniere.tour.journey import Journey
    from pepiniere.tour.place import Place
    from pepiniere.tour.runner import StepFailed, step

    place = Place()
    start = time.monotonic()
    print(f"The tour of {place.slug}:", flush=True)
    try:
        with step("reference data and a platform owner are there"):
            place.prepare()
        Journey(place, options.port).run()
    except StepFailed as failed:
        print(f"The tour failed at: {failed}", file=sys.stderr)
        return 1
    finally:
        if not options.keep:
            place.clear()
    invoices = sorted(place.folder.glob("*.pdf"))
    print(f"The tour took {time.monotonic() - start:.0f} s; {len(invoices)} invoices in {place.folder}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
