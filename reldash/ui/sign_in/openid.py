"""Sign-in by OpenID Connect: Streamlit's `st.login`, exchanged once for a session of our own.

Streamlit keeps the provider's claims in a signed cookie for thirty days, which nobody can revoke.
So it is accepted only within minutes of the sign-in and only once, and our route removes it.
"""

import hashlib
import json
import time
from collections.abc import Mapping

import streamlit as st

from reldash.auth import Outcome
from reldash.services.context import get_context
from reldash.ui import gate

FRESH_SECONDS = 600  # how old a provider's answer may be


def is_configured() -> bool:
    """Whether sign-in by a provider is configured."""
    return get_context().settings.oidc_issuer is not None


def render_button() -> None:
    """Draw the button that leads to the provider."""
    if st.button(
        "Sign in with your organisation", key="reldash_openid", type="primary", width="stretch"
    ):
        st.login()


def exchange() -> Outcome | None:
    """Exchange a provider's fresh, unused claims for a session; None where there are none.

    Raises:
        AccountError: why this user may not sign in.
    """
    if not is_configured() or not st.user.get("is_logged_in"):
        return None
    claims = {key: value for key, value in st.user.to_dict().items() if key != "tokens"}
    if not is_fresh(claims.get("iat"), time.time()):
        return None
    answer = json.dumps(claims, sort_keys=True, default=str).encode()
    if not gate.accounts().is_first_use(hashlib.sha256(answer).hexdigest()):
        return None
    settings = get_context().settings
    return gate.accounts().sign_in_with_email(
        text_of(claims, "iss"),
        text_of(claims, "sub"),
        text_of(claims, "email"),
        claims.get("email_verified") is True,
        roles_of(claims, settings.oidc_roles_claim),
        name=text_of(claims, "name"),
        address=gate.client_address(),
    )


def is_fresh(issued: object, now: float) -> bool:
    """Whether an answer was issued within the last minutes; both in seconds since 1970."""
    if isinstance(issued, bool) or not isinstance(issued, int | float):
        return False
    return -FRESH_SECONDS <= now - issued <= FRESH_SECONDS


def text_of(claims: Mapping[str, object], name: str) -> str:
    """A claim that is text; "" otherwise."""
    found = claims.get(name)
    return found if isinstance(found, str) else ""


def roles_of(claims: Mapping[str, object], name: str | None) -> list[str] | None:
    """The roles that a claim lists; None where no claim is configured.

    A dot leads into an object, as in Keycloak's `realm_access.roles`. A claim that is missing
    lists none.
    """
    if name is None:
        return None
    found: object = claims.get(name)
    if found is None:
        found = claims
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return [found]
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []
