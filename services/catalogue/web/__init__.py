"""Pages of the catalogue, by audience."""
