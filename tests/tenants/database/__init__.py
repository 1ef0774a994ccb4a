"""Tests of the connection that knows its tenant."""
