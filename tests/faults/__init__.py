"""What goes wrong around a close, what a person then reads, and what the next run makes of it."""
