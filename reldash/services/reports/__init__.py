"""Reports: one module for each page or export, from the store to values for screens."""
