"""Active sessions and API tokens on the account page."""

from datetime import datetime

import streamlit as st

from reldash.auth.api_tokens import MAX_DAYS
from reldash.domain.accounts import ApiToken, Session, SessionUser
from reldash.ui import gate
from reldash.ui.sign_in import cookie_handover
from reldash.ui.widgets import flash_messages, form_fields
from reldash.ui.widgets.empty_states import render_empty_state
from reldash.ui.widgets.markup import Markup, element, joined
from reldash.ui.widgets.relative_times import render_ago

_NEW_TOKEN = "reldash_new_token"  # noqa: S105 - in the session state: shown once


def render_sessions(user: SessionUser, now: datetime) -> None:
    """Draw the active sessions, each with a button to end it."""
    st.header("Sessions", anchor=False)
    flash_messages.render("sessions")
    sessions = gate.accounts().list_sessions(user)
    with st.container(key="reldash_sessions", gap=None):
        for session in sessions:
            _render_session(user, session, now)
    if st.button("Sign out everywhere", icon=":material/logout:", key="reldash_end_all"):
        gate.accounts().end_all(user, gate.client_address())
        cookie_handover.render_sign_out_request()


def _render_session(user: SessionUser, session: Session, now: datetime) -> None:
    here = session.id == user.session_id
    words = joined(
        element("b", session.device or "unknown browser"),
        element("span", " this browser", class_="rd-here") if here else None,
        element(
            "span",
            f"{session.address or 'unknown address'}, last seen ",
            render_ago(session.last_seen_at, now),
            ", signed in ",
            render_ago(session.created_at, now),
            class_="rd-quiet",
        ),
    )
    if _render_entry(words, "End", f"reldash_end_{session.id}", disabled=here):
        gate.accounts().end_session(user, session.id, gate.client_address())
        flash_messages.add("sessions", "Session ended")
        st.rerun()


def render_tokens(user: SessionUser, now: datetime) -> None:
    """Draw the API tokens, each with a button to revoke it, and a form for a new one."""
    st.header("API tokens", anchor=False)
    flash_messages.render("tokens")
    made: str | None = st.session_state.get(_NEW_TOKEN)
    if made is not None:
        _render_new_token(made)
    tokens = gate.accounts().list_tokens(user)
    if not tokens and made is None:
        render_empty_state("No API tokens", "A token lets a script use the API in your name.")
    with st.container(key="reldash_tokens", gap=None):
        for token in tokens:
            _render_token(user, token, now)
    with (
        st.expander("New API token", icon=":material/key:"),
        st.form("reldash_token", border=False, clear_on_submit=True),
    ):
        name = form_fields.name(label="Purpose")
        days = st.number_input("Valid for (days)", 1, MAX_DAYS, 90)
        if not form_fields.submit("Create token"):
            return

    def make() -> str:
        text, _ = gate.accounts().create_token(user, name, int(days), gate.client_address())
        st.session_state[_NEW_TOKEN] = text
        return "Token created"

    flash_messages.attempt("tokens", make)
    st.rerun()


def _render_new_token(token: str) -> None:
    with st.container(border=True, key="reldash_made"):
        st.markdown("Copy the token now: it will not be shown again.")
        st.code(token, language=None)
        if st.button("Hide the token", key="reldash_copied"):
            del st.session_state[_NEW_TOKEN]
            st.rerun()


def _render_token(user: SessionUser, token: ApiToken, now: datetime) -> None:
    words = joined(
        element("b", token.name),
        element(
            "span",
            f"valid until {token.expires_at:%Y-%m-%d}, last used ",
            render_ago(token.last_used_at, now),
            class_="rd-quiet",
        ),
    )
    if _render_entry(words, "Revoke", f"reldash_revoke_{token.id}"):
        gate.accounts().revoke_token(user, token.id, gate.client_address())
        flash_messages.add("tokens", "Token revoked")
        st.rerun()


def _render_entry(words: Markup, label: str, key: str, *, disabled: bool = False) -> bool:
    """Draw a list entry with a button; True when the button was pressed."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(element("p", words, class_="rd-entry"), width="stretch")
        return st.button(label, key=key, disabled=disabled)
