"""The close of a billing cycle as Dagster assets, and the releve command."""
