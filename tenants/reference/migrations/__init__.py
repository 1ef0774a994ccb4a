"""Migrations of tenants.reference."""
