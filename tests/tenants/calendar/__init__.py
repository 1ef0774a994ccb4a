"""Tests of the subject calendar."""
