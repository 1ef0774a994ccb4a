"""How people find services: what they type, what they mean, what there is of it."""
