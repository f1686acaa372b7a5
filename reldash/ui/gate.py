"""The gate: who is signed in, by the cookie that the websocket's handshake brought.

Nothing else is trusted: not `st.session_state`, which whoever knows a Streamlit session's id can
take over, and no check of an earlier run. A check is one query, below a millisecond.
"""

from collections.abc import Callable
from typing import ParamSpec

import streamlit as st

from reldash.auth import Accounts
from reldash.auth.factory import open_accounts
from reldash.auth.session_cookie import cookie_name
from reldash.domain.accounts import SessionUser
from reldash.errors import StoreError
from reldash.services.context import get_context

WATCH_SECONDS = 3.0

_OWNER = "reldash_owner"  # in the session's state: the session it belongs to, "" for none
_UNASKED = "reldash_unasked"  # likewise: the coming run is not a person's doing
_ASKED = "reldash_asked_run"  # likewise: whether the present run is

Arguments = ParamSpec("Arguments")


def accounts() -> Accounts:
    """The accounts of this process's store."""
    context = get_context()
    return open_accounts(context.store, context.settings)


def read_token() -> str | None:
    """The session's token as the browser sent it when it connected."""
    return st.context.cookies.get(cookie_name(get_context().settings.base_url))


def enter() -> SessionUser | None:
    """Who is signed in, at the beginning of a run; None before sign-in and after it ended.

    State that another session left behind is cleared.

    Raises:
        StoreError: the database cannot be asked; nobody is let in then.
    """
    first = _OWNER not in st.session_state
    unasked = st.session_state.pop(_UNASKED, False) or (first and _is_reconnected())
    user = _check(activity=not unasked)
    owner = user.session_id if user else ""
    if st.session_state.setdefault(_OWNER, owner) != owner:
        st.session_state.clear()
        st.session_state[_OWNER] = owner
    st.session_state[_ASKED] = not unasked
    return user


def is_user_action() -> bool:
    """Whether the present run of the page is a person's doing: not one for newer data, say."""
    return bool(st.session_state.get(_ASKED))


def require() -> SessionUser:
    """Who is signed in; without one the run ends here (each page's own guard)."""
    user = _check(activity=False)
    if user is None:
        st.stop()
    return user


def check_fragment() -> None:
    """Begin a fragment that runs by itself: once the session has ended, run the gate again.

    Likewise while the database is away, so that this is said in the place of the page.
    """
    try:
        alive = _check(activity=False) is not None
    except StoreError:
        alive = False
    if not alive:
        rerun_for_data()


def render_session_watch() -> None:
    """Notice within seconds that the session has ended; for pages without another fragment."""
    st.fragment(check_fragment, run_every=WATCH_SECONDS)()


def rerun_for_data() -> None:
    """Run the page again for newer data, which is no sign of a person being there."""
    st.session_state[_UNASKED] = True
    st.rerun(scope="app")


def guarded(callback: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """A callback of a widget that does nothing once the session has ended.

    Callbacks run before the script, and so before the gate.
    """

    def call(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        if _check(activity=False) is not None:
            callback(*args, **kwargs)

    return call


def client_address() -> str:
    """The visitor's address, as the server settled it; Streamlit leaves this machine's own out."""
    return st.context.ip_address or "127.0.0.1"


def _check(*, activity: bool) -> SessionUser | None:
    token = read_token()
    return accounts().check_session(token, activity=activity) if token else None


def _is_reconnected() -> bool:
    """Whether the browser came back by itself: it then names the Streamlit session it had."""
    return st.context.headers.get("Sec-Websocket-Protocol", "").count(",") >= 2
