"""Tests of a tenant's identity."""
