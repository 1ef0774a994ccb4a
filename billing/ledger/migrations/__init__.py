"""Migrations of the subject ledger."""
