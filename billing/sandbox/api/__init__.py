"""The JSON API of the sandbox."""
