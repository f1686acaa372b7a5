"""What the dashboard knows and decides, as plain values and functions: no network, no database."""
