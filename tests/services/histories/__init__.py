"""Whole histories of orders and their money: every role, every payment method, a real gateway."""
