"""The page *account*: password, sessions, API tokens."""
