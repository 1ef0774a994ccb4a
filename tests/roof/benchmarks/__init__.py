"""Tests of how the measurements judge, not of what they measure."""
