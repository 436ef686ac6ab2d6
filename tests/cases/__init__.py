"""Worked examples of other billing systems, answered by the product."""
