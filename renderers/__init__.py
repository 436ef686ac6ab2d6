"""Documents as customers receive them: ledger rows in, HTML and PDF out.

Nothing here computes an amount, reads a database or knows the orchestration.
"""
