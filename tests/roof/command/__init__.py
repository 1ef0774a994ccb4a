"""Tests of the command family before and around Django."""
