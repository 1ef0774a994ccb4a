"""Tests of the subject errors."""
