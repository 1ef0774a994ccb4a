"""Pages of the work on lines."""
