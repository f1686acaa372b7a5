"""The page *admin*: users, roles, the audit log."""
