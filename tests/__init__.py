"""Everything that can fail."""
