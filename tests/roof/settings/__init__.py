"""Tests of the settings and of the environment they come from."""
