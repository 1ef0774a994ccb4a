"""What can be done with a line: answer, start, deliver, review, give back, write."""
