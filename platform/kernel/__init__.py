"""The ground floor: what every subject stands on and what knows none of them."""
