"""An issued amount, followed back to the rows that made it: `releve explain`."""
