"""The fleet in force: the file, what an administrator added, and what discovery found."""
