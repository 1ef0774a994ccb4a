"""Tests of the subject payouts."""
