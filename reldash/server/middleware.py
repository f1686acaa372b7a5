"""The server's middleware, in the order that requests pass it."""

from pathlib import Path

from starlette.middleware import Middleware

from reldash.auth.session_cookie import cookie_name, is_secure
from reldash.config import Settings
from reldash.server.export_limit import ExportLimit
from reldash.server.hosts_and_proxies import HostsAndProxies
from reldash.server.security_headers import SecurityHeaders
from reldash.server.session_guard import SessionGuard
from reldash.server.session_routes import check_session


def build_middleware(settings: Settings, index: Path) -> list[Middleware]:
    """Build the middleware stack; `index` is Streamlit's index.html."""
    return [
        Middleware(SecurityHeaders, index=index, secure=is_secure(settings.base_url)),
        Middleware(HostsAndProxies, settings=settings),
        Middleware(SessionGuard, cookie=cookie_name(settings.base_url), check=check_session),
        Middleware(ExportLimit),
    ]
