"""The directory: which tenants there are, at which addresses, in which state (public schema)."""
