"""People of one tenant (or of the platform): accounts, staff roles, API tokens."""
