"""Schema history of co-funding."""
