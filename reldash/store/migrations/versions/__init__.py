"""One file a step of the schema; the number says the order."""
