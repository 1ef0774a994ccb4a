"""What providers offer: categories, services with options and milestones, and the pages to find them."""
