"""Tests of the sandbox gateway, over its own wire."""
