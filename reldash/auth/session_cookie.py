"""The name of the cookie that holds a session's token."""

NAME = "reldash_session"


def is_secure(base_url: str) -> bool:
    """Whether people reach the dashboard over https, as its address (RELDASH_BASE_URL) says."""
    return base_url.startswith("https://")


def cookie_name(base_url: str) -> str:
    """What the cookie is called where people reach the dashboard at `base_url`.

    Behind https its prefix binds it to this very host: no subdomain, and nobody on plain http,
    can set one (RFC 6265bis, section 4.1.3.2).
    """
    return f"__Host-{NAME}" if is_secure(base_url) else NAME
