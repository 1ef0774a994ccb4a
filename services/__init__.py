"""What is offered and done: the subjects that shops, providers and operators work with."""
