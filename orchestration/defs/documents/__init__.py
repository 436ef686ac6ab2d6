"""From ledger rows to the files that a customer receives.

Worker processes import this package: it imports nothing.
"""
