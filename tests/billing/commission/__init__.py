"""Tests of the subject commission."""
