"""Management commands of the reference data."""
