"""Tests of the subject ledger."""
