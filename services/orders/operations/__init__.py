"""What can be done with carts and orders; one verb a file."""
