"""An armed point kills once; production never looks."""

from __future__ import annotations

import os
import signal

import pytest

from kernel.faults import arm_fault, fault_point


@pytest.fixture
def own_state(settings, tmp_path):
    """A state directory of this test's own."""
    settings.STATE_DIR = tmp_path
    return tmp_path


def passed_by_a_child(name: str) -> int:
    """How a child that passes the point ends."""
    child = os.fork()
    if child == 0:
        fault_point(name)
        os._exit(0)
    return os.waitpid(child, 0)[1]


def test_an_armed_point_kills_the_first_and_only_the_first(own_state):
    trigger = arm_fault("tests.somewhere")
    assert os.WTERMSIG(passed_by_a_child("tests.somewhere")) == signal.SIGKILL
    assert not trigger.exists()
    assert passed_by_a_child("tests.somewhere") == 0


def test_an_unarmed_point_does_nothing(own_state):
    assert passed_by_a_child("tests.nowhere") == 0


def test_production_never_looks(own_state, settings):
    trigger = arm_fault("tests.somewhere")
    settings.PEPINIERE_MODE = "production"
    fault_point("tests.somewhere")
    assert trigger.exists()
