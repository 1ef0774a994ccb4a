"""Gateways: the interface and each provider behind it."""
