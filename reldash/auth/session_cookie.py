"""Name and flags of the cookie that holds the session token."""

NAME = "reldash_session"


def is_secure(base_url: str) -> bool:
    """Whether the dashboard is reached over https, by RELDASH_BASE_URL."""
    return base_url.startswith("https://")


def cookie_name(base_url: str) -> str:
    """Return the cookie's name for a dashboard reached at `base_url`.

    Over https the prefix `__Host-` binds it to this host: neither a subdomain nor a page on plain
    http can set it (RFC 6265bis, section 4.1.3.2).
    """
    return f"__Host-{NAME}" if is_secure(base_url) else NAME
