"""One module for each page or export: from the store to values that a screen can show."""
