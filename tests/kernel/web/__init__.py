"""Tests of the web kit."""
