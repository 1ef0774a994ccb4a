"""Some life for the demonstration: orders in several states, made by the operations that pages call."""
