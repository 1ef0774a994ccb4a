"""How a tenant shows itself: the logo that its operator gives; colours and name stand in the directory."""
