"""From landed rows to issued documents: the dbt models and the ledger."""
