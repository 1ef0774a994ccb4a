"""Payouts: what an approved part of a charge is worth to its seller, and how it is sent."""
