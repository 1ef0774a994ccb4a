"""Charges: who owes what to whom, with every amount frozen at opening."""
