"""What every request passes before it is answered, in this order."""

from pathlib import Path

from starlette.middleware import Middleware

from reldash.auth.session_cookie import cookie_name, is_secure
from reldash.config import Settings
from reldash.server.door import Door
from reldash.server.headers import SecurityHeaders
from reldash.server.session import check_session
from reldash.server.visitors import Visitors


def doors(settings: Settings, index: Path) -> list[Middleware]:
    """The middleware of the server; `index` is Streamlit's index.html."""
    return [
        Middleware(SecurityHeaders, index=index, secure=is_secure(settings.base_url)),
        Middleware(Visitors, settings=settings),
        Middleware(Door, cookie=cookie_name(settings.base_url), check=check_session),
    ]
