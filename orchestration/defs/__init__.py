"""One folder per domain; in each, the files are named for Dagster's nouns."""
