"""Pages of a tenant's identity."""
