"""Tests of the subject urls."""
