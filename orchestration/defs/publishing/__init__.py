"""From the warehouse to the file that analysts read while a close writes."""
