"""Dated parameters of the law: loaded once, corrected by staff, in force on their day."""

from __future__ import annotations

from datetime import date

import pytest

from tenants.reference.models import DatedParameter
from tenants.reference.parameters import DEMINIMIS_CEILING, known_parameters, load_parameters

pytestmark = pytest.mark.django_db


def test_the_ceiling_of_small_aids_is_dated() -> None:
    load_parameters()
    ceiling = known_parameters()[DEMINIMIS_CEILING]
    assert ceiling.on(date(2013, 12, 31)) is None
    values = [ceiling.on(day) for day in (date(2023, 12, 31), date(2024, 1, 1))]
    assert [dated.value for dated in values if dated] == [20_000_000, 30_000_000]
    assert all(dated.reference for dated in values if dated)


def test_a_correction_of_staff_stays() -> None:
    assert load_parameters() > 0
    DatedParameter.objects.filter(key=DEMINIMIS_CEILING, valid_from=date(2024, 1, 1)).update(value=1)
    assert load_parameters() == 0
    DatedParameter.objects.create(key=DEMINIMIS_CEILING, valid_from=date(2031, 1, 1), value=None)
    ceiling = known_parameters()[DEMINIMIS_CEILING]
    corrected = ceiling.on(date(2026, 1, 1))
    assert corrected is not None
    assert corrected.value == 1
    assert ceiling.on(date(2031, 1, 1)) is None


def test_without_rows_nothing_is_in_force() -> None:
    assert known_parameters()[DEMINIMIS_CEILING].on(date(2026, 1, 1)) is None
