"""The double-entry ledger: every movement of money is one balanced, append-only entry."""
