"""Brings the public data files into the reference tables; a second run changes nothing."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db import models, transaction

from tenants.reference.models import Commune, Department, NafCode, Region
from tenants.reference.names import fold_name
from tenants.reference.parameters import load_parameters
from tenants.reference.rates import load_vat_rates

NAF_VERSION = "rev2"


@transaction.atomic
def load_reference(folder: Path) -> dict[str, int]:
    """Load regions, departments, communes, activities, VAT rates and parameters from ``folder``.

    Returns the number of rows per table. Raises FileNotFoundError for a missing file.
    """
    regions = json.loads((folder / "regions.json").read_text(encoding="utf-8"))["regions"]
    departments = json.loads((folder / "departments.json").read_text(encoding="utf-8"))["departments"]
    codes = json.loads((folder / "naf.json").read_text(encoding="utf-8"))["codes"]
    _upsert(Region, (Region(code=row["code"], name=row["name"], zone=row["zone"]) for row in regions), "code")
    _upsert(
        Department,
        (
            Department(code=row["code"], name=row["name"], region_code=row["region"], zone=row["zone"])
            for row in departments
        ),
        "code",
    )
    _upsert(Commune, _communes(folder / "communes.csv.gz"), "code")
    _upsert(
        NafCode,
        (NafCode(version=NAF_VERSION, code=row["code"], label=row["label"]) for row in codes),
        "version",
        "code",
    )
    load_vat_rates()
    load_parameters()
    return {
        "regions": Region.objects.count(),
        "departments": Department.objects.count(),
        "communes": Commune.objects.count(),
        "activities": NafCode.objects.count(),
    }


def _communes(file: Path) -> Iterable[Commune]:
    with gzip.open(file, "rt", encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            yield Commune(
                code=row["code"],
                name=row["name"],
                sort_key=fold_name(row["name"]),
                postal_codes=row["postal_codes"],
                department_code=row["department"],
                population=int(row["population"]) if row["population"] else None,
            )


def _upsert(model: type[models.Model], rows: Iterable[Any], *key: str) -> None:
    fields = model._meta.concrete_fields  # noqa: SLF001
    others = [field.name for field in fields if field.name not in (*key, "id")]
    model._default_manager.bulk_create(  # noqa: SLF001
        rows, batch_size=5000, update_conflicts=True, unique_fields=list(key), update_fields=others
    )
