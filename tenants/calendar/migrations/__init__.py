"""Migrations of tenants.calendar."""
