"""The running product, for tests that need all of it."""
