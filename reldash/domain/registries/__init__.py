"""Facts of registries on images: push times, tags, sizes, scans and findings."""
