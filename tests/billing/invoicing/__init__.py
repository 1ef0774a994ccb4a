"""Tests of the subject invoicing."""
