"""Everything before a session exists: the forms, email codes, OpenID Connect, the cookie."""
