"""Migrations of the subject charges."""
