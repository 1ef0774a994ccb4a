"""Payments: money that comes in by a gateway, and money given back."""
