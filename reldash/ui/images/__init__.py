"""The page *images*: where an image, a commit or a finding runs."""
