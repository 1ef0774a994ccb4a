"""Pages of carts and orders."""
