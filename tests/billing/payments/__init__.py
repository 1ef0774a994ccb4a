"""Tests of payments and refunds, through the real sandbox."""
