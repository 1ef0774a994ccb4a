"""Programs of the maintainers; nothing of the product imports them."""
