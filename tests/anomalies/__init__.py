"""Faults put into real usage, and what is flagged of them."""
