"""The laws: properties of whole closes, each a test that can fail."""
