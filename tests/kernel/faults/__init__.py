"""Tests of the subject faults."""
