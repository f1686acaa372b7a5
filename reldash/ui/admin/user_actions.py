"""An administrator's actions on one user, with messages of their outcome."""

from collections.abc import Callable

import streamlit as st

from reldash.domain.accounts import Actor, Role, User
from reldash.domain.phrases import counted
from reldash.ui import gate
from reldash.ui.page import PageRun
from reldash.ui.sign_in import openid
from reldash.ui.widgets import flash_messages
from reldash.ui.widgets.markup import element


def render_actions(run: PageRun, user: User, sessions: int) -> None:
    """Draw the actions on one user; the accounts refuse forbidden ones."""
    accounts, actor = gate.accounts(), actor_of(run)
    other = Role.VIEWER if user.role is Role.ADMIN else Role.ADMIN
    itself = user.id == run.user.user_id
    with st.container(border=True, key="reldash_user"):
        whose = f", {user.email_shown}{' (you)' if itself else ''}"
        st.html(element("p", element("b", user.name), whose, class_="rd-entry"))
        with st.container(horizontal=True):
            if st.button(f"Make {other}", icon=":material/swap_horiz:", key="reldash_role"):
                act(
                    f"{user.email_shown} is {other} now",
                    lambda: accounts.set_role(actor, user.id, other),
                )
            if user.disabled_at is None:
                if st.button("Disable", icon=":material/block:", key="reldash_disable"):
                    act(
                        f"{user.email_shown} is disabled",
                        lambda: accounts.disable(actor, user.id),
                    )
            elif st.button("Enable", icon=":material/check_circle:", key="reldash_enable"):
                act(f"{user.email_shown} is enabled", lambda: accounts.enable(actor, user.id))
            if st.button(
                f"End {counted(sessions, 'session')}" if sessions else "No active session",
                icon=":material/logout:",
                key="reldash_end_sessions",
                disabled=not sessions,
            ):
                act(
                    f"{user.email_shown} is signed out everywhere",
                    lambda: accounts.end_sessions(actor, user.id),
                )
            if user.verified_at is None and st.button(
                "Send the invitation again", icon=":material/mail:", key="reldash_invite_again"
            ):
                act(
                    f"Invited {user.email_shown} again",
                    lambda: accounts.invite(actor, user.email_shown, user.role, user.name),
                )
            if openid.is_configured() and st.button(
                "Unbind from the provider",
                icon=":material/link_off:",
                key="reldash_unbind",
                help="The next sign-in with the provider binds the account again",
            ):
                act(
                    f"{user.email_shown} will be bound again at the next sign-in with the provider",
                    lambda: accounts.forget_identity(actor, user.id),
                )


def actor_of(run: PageRun) -> Actor:
    """The acting administrator, for the audit log."""
    return Actor(run.user.email, run.user.user_id, gate.client_address())


def act(done: str, action: Callable[[], object]) -> None:
    """Run an action, flash its outcome, and rerun the page."""

    def attempt() -> str:
        action()
        return done

    flash_messages.attempt("users", attempt)
    st.rerun()
