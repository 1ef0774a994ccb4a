"""Tests of the subject events."""
