"""An amount followed back, runs on record, receipts and the right to be forgotten."""
