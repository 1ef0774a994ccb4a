"""Tests of the two probes."""
