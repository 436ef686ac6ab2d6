"""Tests of the e-invoices: by the official schemas and rules, and by hand."""
