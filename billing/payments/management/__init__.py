"""Management of payments."""
