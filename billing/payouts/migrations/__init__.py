"""Migrations of the subject payouts."""
