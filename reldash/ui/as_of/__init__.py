"""Looking at another moment than now: the control, its presets, the banner."""
