"""The servers and processes that make a whole installation run on one machine, without Docker."""
