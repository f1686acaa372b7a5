"""The JSON fields that are decoded from an API server, as msgspec Structs."""
