"""Pages of claims, for the finance desk."""
