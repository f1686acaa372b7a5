"""The images page: search where an image or a finding runs."""
