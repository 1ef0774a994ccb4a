"""Migrations of the directory; the first one makes the extensions of the database."""
