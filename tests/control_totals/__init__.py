"""Published data sets, rated by the product and compared with their totals."""
