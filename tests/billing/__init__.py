"""Tests of floor 2: money and paper."""
