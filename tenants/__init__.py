"""Floor 1: who there is. Tenants, their addresses, people, parties, calendars and reference data."""
