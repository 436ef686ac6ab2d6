"""Whole stories, from landed files to documents, as a person would run them."""
