"""Legal identities, their roles in this tenant and the people who act for them (docs/decisions/0001)."""
