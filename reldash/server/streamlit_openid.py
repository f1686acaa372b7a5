"""Configuration of Streamlit's built-in OpenID Connect sign-in, from our settings."""

import hashlib
import hmac
from typing import Any

from reldash.config import Settings, require_key


def openid_secrets(settings: Settings) -> dict[str, Any] | None:
    """Build Streamlit's secrets with section `auth`; None where no provider is configured.

    The provider redirects to /oauth2callback, where Streamlit verifies the response and sets its
    cookie; a page exchanges that for our own session (`ui/sign_in/openid.py`).
    """
    if settings.oidc_issuer is None or settings.oidc_client_secret is None:
        return None
    # A separate key, derived so that all replicas have the same.
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
