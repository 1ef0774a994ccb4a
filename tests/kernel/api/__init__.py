"""Tests of the subject api."""
