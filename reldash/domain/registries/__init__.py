"""What registries know of an image: push times, labels, findings of scans."""
