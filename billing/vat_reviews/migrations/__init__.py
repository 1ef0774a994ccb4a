"""Migrations of the subject VAT reviews."""
