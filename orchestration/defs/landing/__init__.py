"""From landing files to typed, deduplicated rows in the schema `raw`."""
