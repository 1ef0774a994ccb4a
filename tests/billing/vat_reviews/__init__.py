"""Tests of the subject VAT reviews."""
