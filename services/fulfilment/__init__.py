"""How a line is done: answer, delivery, review, messages."""
