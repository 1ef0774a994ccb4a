"""What can be done with payments and refunds, one verb a file."""
