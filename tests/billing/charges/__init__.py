"""Tests of the subject charges."""
