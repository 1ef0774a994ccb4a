"""Commands of provisioning."""
