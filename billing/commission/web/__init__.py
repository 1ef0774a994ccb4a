"""Pages of the commission rules."""
