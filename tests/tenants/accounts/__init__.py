"""Tests of the subject accounts."""
