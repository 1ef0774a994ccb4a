"""Pages of provisioning, for the platform's owner."""
