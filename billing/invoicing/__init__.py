"""Numbered, frozen, chained invoices and the documents that show them (docs/decisions/0007)."""
