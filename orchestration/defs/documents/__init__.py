"""From ledger rows to the files that a customer receives."""
