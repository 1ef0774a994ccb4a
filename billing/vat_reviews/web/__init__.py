"""Pages of VAT reviews, by audience."""
