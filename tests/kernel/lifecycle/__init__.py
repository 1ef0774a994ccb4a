"""Tests of the subject lifecycle."""
