"""Nothing of one tenant is reachable from another."""
