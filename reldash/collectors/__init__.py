"""Network in, domain values out."""
