"""Tests of the subject reference."""
