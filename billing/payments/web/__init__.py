"""Pages and addresses of payments."""
