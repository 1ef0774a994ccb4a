"""Migrations of tenants.parties."""
