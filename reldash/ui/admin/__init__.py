"""The admin page: users, roles, the audit log."""
