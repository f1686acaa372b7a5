"""The account page: profile, password, sessions and API tokens of the signed-in user."""

import streamlit as st

from reldash import __version__
from reldash.auth import NextStep, Outcome
from reldash.domain.accounts import SessionUser, User
from reldash.ui import gate
from reldash.ui.account.sessions_and_tokens import render_sessions, render_tokens
from reldash.ui.page import PageRun
from reldash.ui.sign_in import cookie_handover
from reldash.ui.widgets import flash_messages, form_fields
from reldash.ui.widgets.markup import element

WIDTH = 1400  # pixels: fields as wide as a wall are not easier to fill in

_NEW_EMAIL = "reldash_new_email"  # in the session state: an address that is not verified yet


def render_account(run: PageRun) -> None:
    """Draw the page below its title."""
    me = gate.accounts().load_own(run.user)
    left, right = st.container(width=WIDTH).columns([2, 3], gap="large")
    with left:
        st.header("Profile", anchor=False)
        _render_summary(me)
        _render_name(run.user, me)
        _render_email(run.user, me)
        _render_password(run.user, me)
    with right:
        render_sessions(run.user, run.now)
        render_tokens(run.user, run.now)
    st.caption(f"Release dashboard {__version__}")


def render_sign_out(run: PageRun) -> None:
    """Sign out at once from the navigation; ask first after a link, which anybody can send."""
    by_link = run.came_from in {None, run.info.key}
    if by_link and not st.button("Sign out", type="primary", key="reldash_out"):
        return
    gate.accounts().sign_out(run.user, gate.client_address())
    cookie_handover.render_sign_out_request()


def _render_summary(me: User) -> None:
    st.html(
        element(
            "dl",
            *(element("dt", "Name"), element("dd", me.name)),
            *(element("dt", "Email"), element("dd", me.email_shown)),
            *(element("dt", "Role"), element("dd", str(me.role))),
            class_="rd-facts",
        )
    )


def _render_name(user: SessionUser, me: User) -> None:
    flash_messages.render("name")
    with st.expander("Change name", icon=":material/badge:"), st.form("reldash_name", border=False):
        name = form_fields.name(me.name)
        if not form_fields.submit("Change name"):
            return

    def change() -> str:
        gate.accounts().set_name(user, name, gate.client_address())
        return "Name changed"

    flash_messages.attempt("name", change)
    st.rerun()


def _render_email(user: SessionUser, me: User) -> None:
    flash_messages.render("email")
    waiting: str | None = st.session_state.get(_NEW_EMAIL)
    with st.expander(
        "Change email address", icon=":material/alternate_email:", expanded=waiting is not None
    ):
        if waiting is not None:
            _render_email_proof(user, waiting)
            return
        with st.form("reldash_email", border=False):
            email = form_fields.email(label="New email address")
            present = form_fields.current_password() if me.has_password else ""
            if not form_fields.submit("Send code to it"):
                return
    outcome = flash_messages.attempt(
        "email",
        lambda: gate.accounts().change_email(user, email, present, gate.client_address()),
    )
    if outcome is not None and outcome.step is NextStep.CODE:
        st.session_state[_NEW_EMAIL] = email
    st.rerun()


def _render_email_proof(user: SessionUser, email: str) -> None:
    with st.form("reldash_email_proof", border=False):
        code = form_fields.code()
        done = form_fields.submit("Change address")
    if st.button("Cancel", type="tertiary", key="reldash_email_stop"):
        del st.session_state[_NEW_EMAIL]
        st.rerun()
    if not done:
        return
    outcome = flash_messages.attempt(
        "email",
        lambda: gate.accounts().confirm_email(user, email, code, gate.client_address()),
    )
    if outcome is not None and outcome.ok:
        del st.session_state[_NEW_EMAIL]
    st.rerun()


def _render_password(user: SessionUser, me: User) -> None:
    flash_messages.render("password")
    with st.expander("Change password", icon=":material/password:"):
        if not me.has_password:
            st.markdown(
                "Your account has no password. To set one, sign out and choose "
                "“Forgot your password, or invited?”."
            )
            return
        with st.form("reldash_password", border=False):
            present = form_fields.current_password()
            chosen = form_fields.new_password("New password")
            st.caption("This ends all your other sessions.")
            if not form_fields.submit("Change password"):
                return
    outcome: Outcome | None = flash_messages.attempt(
        "password",
        lambda: gate.accounts().change_password(user, present, chosen, gate.client_address()),
    )
    if outcome is None or not outcome.ticket:
        st.rerun()
    # This session has ended with all others: the rest of the page would be nobody's.
    cookie_handover.render_sign_in_exchange(outcome.ticket)
    st.stop()
