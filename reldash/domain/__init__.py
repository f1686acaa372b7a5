"""Rules and values of the dashboard, pure: no network, no database, no clock, no files."""
