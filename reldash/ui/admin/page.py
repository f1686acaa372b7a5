"""The admin page: users with their actions, invitations, and the audit log."""

import hashlib
from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from reldash.domain.accounts import Role, User
from reldash.domain.phrases import counted
from reldash.domain.tables.csv_text import times
from reldash.ui import gate
from reldash.ui.admin.audit import render_audit
from reldash.ui.admin.user_actions import act, actor_of, render_actions
from reldash.ui.page import PageRun
from reldash.ui.widgets import flash_messages, form_fields
from reldash.ui.widgets.markup import element
from reldash.ui.widgets.time_columns import add_exact_times

MOST_ROWS_SHOWN = 20
ROW_HEIGHT = 31


def render_admin(run: PageRun) -> None:
    """Draw the page below its title."""
    # One at a time, and in the URL; a hidden tab sends no queries.
    shown = st.segmented_control(
        "Show",
        ["Users", "Audit log"],
        default="Users",
        key="show",
        bind="query-params",
        label_visibility="collapsed",
    )
    if shown == "Audit log":
        render_audit()
        return
    flash_messages.render("users")
    users = gate.accounts().list_users()
    counts = gate.accounts().count_sessions()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(
            element("p", element("span", counted(len(users), "user")), class_="rd-caption"),
            width="content",
        )
        _render_invitation(run)
    chosen = _render_table(users, counts)
    if chosen is None:
        st.caption("Choose a user to change their role, disable them, or end their sessions.")
    else:
        render_actions(run, chosen, counts.get(chosen.id, 0))


def _state(user: User) -> str:
    if user.disabled_at is not None:
        return "✕ disabled"
    return "✓ active" if user.verified_at is not None else "○ invited"


def _render_table(users: Sequence[User], counts: Mapping[str, int]) -> User | None:
    """Draw all users; returns the selected one."""
    frame = pd.DataFrame(
        {
            "email": [user.email_shown for user in users],
            "name": [user.name for user in users],
            "role": [str(user.role) for user in users],
            "state": [_state(user) for user in users],
            "sessions": [counts.get(user.id, 0) for user in users],
            "last sign-in": times([user.last_sign_in_at for user in users]),
            "since": times([user.created_at for user in users]),
        }
    )
    frame, columns = add_exact_times(frame, ["last sign-in", "since"])
    # A selection is a row number; the key changes with the rows, so it never selects another user.
    ids = hashlib.sha256("\n".join(user.id for user in users).encode()).hexdigest()[:12]
    event = st.dataframe(
        frame,
        key=f"reldash_users_{ids}",
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        height=ROW_HEIGHT * (min(len(users), MOST_ROWS_SHOWN) + 1) + 3,
        row_height=ROW_HEIGHT,
        placeholder="never",  # only for missing times
        column_config=columns,
        alt="Users",
    )
    rows = event["selection"]["rows"]
    return users[rows[0]] if rows and rows[0] < len(users) else None


def _render_invitation(run: PageRun) -> None:
    with (
        st.popover("Invite", icon=":material/person_add:", key="reldash_invite"),
        st.form("reldash_invitation", border=False, clear_on_submit=True),
    ):
        email = form_fields.email()
        name = form_fields.name(label="Name, if known")
        role = Role(st.selectbox("Role", [str(role) for role in Role]))
        invited = form_fields.submit("Send invitation")
    if invited:
        act(
            f"Invited {email.strip()}",
            lambda: gate.accounts().invite(actor_of(run), email, role, name),
        )
