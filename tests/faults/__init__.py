"""Processes killed while people work: all ends well and nothing is done twice."""
