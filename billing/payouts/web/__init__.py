"""Pages of payouts, by audience."""
