"""Pages of the demonstration; none of them exists in production."""
