"""Migrations of the subject commission."""
