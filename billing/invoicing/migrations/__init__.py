"""Tables of invoicing."""
