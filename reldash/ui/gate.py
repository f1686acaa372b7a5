"""Session check of every run, fragment and callback, by the cookie of the websocket's handshake.

Nothing else is trusted: not `st.session_state`, which anybody who knows a Streamlit session's id
can take over, and no check of an earlier run. A check is one query, below a millisecond.
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

_OWNER = "reldash_owner"  # in the session state: id of the session that owns it, "" for none
_AUTOMATIC = "reldash_automatic"  # likewise: the next run is not a user's action
_BY_USER = "reldash_by_user"  # likewise: whether the current run is a user's action

Arguments = ParamSpec("Arguments")


def accounts() -> Accounts:
    """The accounts of this process's store."""
    context = get_context()
    return open_accounts(context.store, context.settings)


def read_token() -> str | None:
    """The session's token from the cookie that the browser sent when it connected."""
    return st.context.cookies.get(cookie_name(get_context().settings.base_url))


def enter() -> SessionUser | None:
    """The signed-in user at the start of a run; None before sign-in and after the session ended.

    Clears state that another session left behind.

    Raises:
        StoreError: the database is unavailable; nobody is let in.
    """
    first = _OWNER not in st.session_state
    automatic = st.session_state.pop(_AUTOMATIC, False) or (first and _is_reconnected())
    user = _check(activity=not automatic)
    owner = user.session_id if user else ""
    if st.session_state.setdefault(_OWNER, owner) != owner:
        st.session_state.clear()
        st.session_state[_OWNER] = owner
    st.session_state[_BY_USER] = not automatic
    return user


def is_user_action() -> bool:
    """Whether a user's action started the current run, rather than newer data, say."""
    return bool(st.session_state.get(_BY_USER))


def require() -> SessionUser:
    """The signed-in user; without one the run ends here (each page's own guard)."""
    user = _check(activity=False)
    if user is None:
        st.stop()
    return user


def check_fragment() -> None:
    """Check the session at the start of a timed fragment; rerun the page once it has ended.

    Also reruns while the database is unavailable, so that the page shows the error.
    """
    try:
        alive = _check(activity=False) is not None
    except StoreError:
        alive = False
    if not alive:
        rerun_for_data()


def render_session_watch() -> None:
    """Notice within seconds that the session has ended; for pages without a timed fragment."""
    st.fragment(check_fragment, run_every=WATCH_SECONDS)()


def rerun_for_data() -> None:
    """Run the page again for newer data, without counting it as the user's activity."""
    st.session_state[_AUTOMATIC] = True
    st.rerun(scope="app")


def guarded(callback: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """Wrap a widget's callback so that it does nothing once the session has ended.

    Callbacks run before the script, so before `enter` checks the session.
    """

    def call(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        if _check(activity=False) is not None:
            callback(*args, **kwargs)

    return call


def client_address() -> str:
    """The client's IP address as the server determined it; Streamlit omits the loopback address."""
    return st.context.ip_address or "127.0.0.1"


def _check(*, activity: bool) -> SessionUser | None:
    token = read_token()
    return accounts().check_session(token, activity=activity) if token else None


def _is_reconnected() -> bool:
    """Whether the browser reconnected by itself: it then sends its Streamlit session's id."""
    return st.context.headers.get("Sec-Websocket-Protocol", "").count(",") >= 2
