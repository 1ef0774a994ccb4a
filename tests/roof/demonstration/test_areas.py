"""The departments that a fictitious provider serves."""

from __future__ import annotations

from pepiniere.demonstration.provisioning.areas import NEIGHBOURS, departments_served

SPACE = ["16", "17", "79", "86"]


def test_neighbours_are_mutual() -> None:
    for department, others in NEIGHBOURS.items():
        assert all(department in NEIGHBOURS[other] for other in others)


def test_a_small_radius_stays_at_home() -> None:
    assert departments_served(home="79", radius_km=40, of_space=SPACE) == ["79"]


def test_a_middle_radius_reaches_the_neighbours_of_the_space() -> None:
    assert departments_served(home="79", radius_km=120, of_space=["79", "86"]) == ["79", "86"]


def test_a_large_radius_reaches_everywhere() -> None:
    assert departments_served(home="79", radius_km=250, of_space=SPACE) == []


def test_a_provider_of_another_department_still_serves_somewhere() -> None:
    assert departments_served(home="33", radius_km=10, of_space=["79"]) == ["79"]
