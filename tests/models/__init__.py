"""The dbt project's own tests, run from pytest."""
