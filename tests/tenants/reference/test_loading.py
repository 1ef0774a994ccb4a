"""Places, activities and rates are loaded from the public files, again without a change."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from pepiniere.settings.environment import ROOT
from tenants.reference.loading import load_reference
from tenants.reference.models import Commune, Department, NafCode, Region, VatRate
from tenants.reference.names import fold_name
from tenants.reference.rates import load_vat_rates

DATA = ROOT / "platform" / "pepiniere" / "demonstration" / "data"


def test_everything_is_loaded_once(db):
    first = load_reference(DATA)
    assert first["communes"] == 34969
    assert (first["regions"], first["departments"]) == (Region.objects.count(), Department.objects.count())
    assert NafCode.objects.filter(code="62.02A").exists()
    niort = Commune.objects.get(code="79191")
    assert (niort.name, niort.department_code, niort.sort_key) == ("Niort", "79", "niort")
    rates = VatRate.objects.count()
    assert load_reference(DATA) == first
    assert VatRate.objects.count() == rates


@pytest.mark.parametrize(
    ("territory", "kind", "rate"),
    [
        ("mainland", "standard", "20"),
        ("mainland", "intermediate", "10"),
        ("mainland", "reduced", "5.5"),
        ("mainland", "super_reduced", "2.1"),
        ("reunion", "standard", "8.5"),
        ("martinique", "reduced", "2.1"),
        ("guadeloupe", "intermediate", "2.1"),
    ],
)
def test_rates_by_territory(db, territory, kind, rate):
    load_vat_rates()
    found = VatRate.objects.valid_on(date(2026, 11, 23)).get(territory=territory, kind=kind)
    assert found.rate == Decimal(rate)


def test_guyane_and_mayotte_have_no_rates(db):
    load_vat_rates()
    assert not VatRate.objects.filter(territory__in=["guyane", "mayotte"]).exists()


def test_a_rate_holds_between_its_dates(db):
    VatRate.objects.all().delete()
    for rate, first, last in (
        ("19.60", date(2000, 4, 1), date(2013, 12, 31)),
        ("20", date(2014, 1, 1), None),
    ):
        VatRate.objects.create(
            territory="mainland", kind="standard", rate=Decimal(rate), valid_from=first, valid_to=last
        )
    found = [VatRate.objects.valid_on(date(year, 12, 31)).get().rate for year in (2013, 2014)]
    assert found == [Decimal("19.60"), Decimal("20.00")]
    with pytest.raises(IntegrityError), transaction.atomic():
        VatRate.objects.create(
            territory="mainland", kind="reduced", rate=Decimal("120"), valid_from=date(2020, 1, 1)
        )


def test_a_missing_file_is_named(db, tmp_path):
    with pytest.raises(CommandError, match=r"regions\.json"):
        call_command("load_reference", "--from", str(tmp_path))


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("L’Haÿ-les-Roses", "l'hay-les-roses"),
        ("Œuilly", "oeuilly"),
        ("Besançon", "besancon"),
        ("Saint-Étienne", "saint-etienne"),
        ("Ærøskøbing", "aerøskøbing"),
    ],
)
def test_names_are_folded(name, key):
    assert fold_name(name) == key


@given(st.text(max_size=60))
def test_folding_is_stable(name):
    assert fold_name(fold_name(name)) == fold_name(name)
