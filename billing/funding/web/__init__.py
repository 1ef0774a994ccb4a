"""Pages of co-funding."""
