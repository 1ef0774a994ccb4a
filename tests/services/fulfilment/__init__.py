"""Tests of fulfilment."""
