"""Documents: their words, figures, escaping, pages and files."""
