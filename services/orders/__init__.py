"""Cart, order and order lines: what a business asks for, and the life of each line."""
