"""The back office of the platform's own staff, on a host and with a policy of its own."""
