"""Management commands of invoicing."""
