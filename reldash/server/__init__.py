"""HTTP beside the pages: exports, health, and the hooks that start and stop the collector."""
