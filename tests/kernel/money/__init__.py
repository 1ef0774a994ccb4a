"""Tests of the subject money."""
