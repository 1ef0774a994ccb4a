"""Laying out the demonstration's spaces; each step makes what is missing and leaves the rest alone."""
