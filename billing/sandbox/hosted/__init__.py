"""The hosted payment page of the sandbox."""
