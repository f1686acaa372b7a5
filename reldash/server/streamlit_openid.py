"""What Streamlit's own sign-in by OpenID Connect is told of the settings."""

import hashlib
import hmac
from typing import Any

from reldash.config import Settings, require_key


def openid_secrets(settings: Settings) -> dict[str, Any] | None:
    """Streamlit's secrets: its section `auth`, or None where no provider is configured.

    The provider sends people back to /oauth2callback, which checks its answer and sets Streamlit's
    cookie; a page exchanges that for our own session (`ui/openid.py`).
    """
    if settings.oidc_issuer is None or settings.oidc_client_secret is None:
        return None
    # A key of its own, the same in all replicas.
    derived = hmac.new(require_key(settings), b"streamlit cookies", hashlib.sha256)
    return {
        "auth": {
            "redirect_uri": f"{settings.base_url}/oauth2callback",
            "cookie_secret": derived.hexdigest(),
            "client_id": settings.oidc_client_id,
            "client_secret": settings.oidc_client_secret.get_secret_value(),
            "server_metadata_url": f"{settings.oidc_issuer}/.well-known/openid-configuration",
        }
    }
