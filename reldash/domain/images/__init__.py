"""Image references and digests as text."""
