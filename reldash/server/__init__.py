"""HTTP beside the pages: exports, session cookie, health, and the server's background work."""
