"""Floor 2: money and paper; it knows charges and parties, never an order."""
