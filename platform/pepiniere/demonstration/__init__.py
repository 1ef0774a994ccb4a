"""The demonstration: fictitious spaces, people and orders, and the pages to enter them."""
