"""Public co-funding: programmes, their budgets, and who they may help."""
