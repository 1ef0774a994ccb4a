"""Migrations of tenants.accounts."""
