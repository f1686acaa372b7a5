"""Showing a past moment: the control to choose it, its presets, the banner."""
