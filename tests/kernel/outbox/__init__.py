"""Tests of the subject outbox."""
