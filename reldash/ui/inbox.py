"""The demo's inbox: the emails that it sent, since it has no real mail server."""

from datetime import UTC, datetime

import streamlit as st

from reldash.services.context import get_context
from reldash.services.mail.demo_inbox import InboxMail, load_inbox
from reldash.ui.navigation import INBOX
from reldash.ui.widgets.empty_states import render_empty_state
from reldash.ui.widgets.markup import Markup, element
from reldash.ui.widgets.relative_times import render_ago

POLL_SECONDS = 2.0


def render_inbox() -> None:
    """Draw the page, and new emails as they arrive."""
    st.title(INBOX.title, anchor=False)
    st.caption("All emails that this demo sends, to any address. Only the demo has this page.")
    st.fragment(_render, run_every=POLL_SECONDS)()


def _render() -> None:
    folder = get_context().settings.inbox
    mails = load_inbox(folder) if folder is not None else []
    if not mails:
        render_empty_state("No emails yet", "Create an account; its code arrives here.")
        return
    now = datetime.now(UTC)
    st.html(element("div", *(_mail(mail, now) for mail in mails), class_="rd-mails"))


def _mail(mail: InboxMail, now: datetime) -> Markup:
    return element(
        "section",
        element("h2", mail.subject),
        element("p", f"To {mail.to}, ", render_ago(mail.received_at, now), class_="rd-quiet"),
        element("pre", mail.text),
        class_="rd-mail",
    )
