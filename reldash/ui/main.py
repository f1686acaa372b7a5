"""Entry script of every session: checks the sign-in, then runs the requested page.

Before sign-in only the sign-in page is registered, at the requested address: neither the pages nor
their titles are sent, and after sign-in the browser is already at the right address.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import streamlit as st

from reldash.domain.accounts import SessionUser
from reldash.errors import ReldashError
from reldash.ui import back_forward, cached, gate, page
from reldash.ui.dashboard.page import render_dashboard
from reldash.ui.navigation import ADMIN, INBOX, OVERVIEW, PageInfo, list_own_pages, list_pages
from reldash.ui.sign_in.page import run_sign_in_page
from reldash.ui.widgets import page_links
from reldash.ui.widgets.markup import plain

FOLDER = Path(__file__).resolve().parent


def make_page(info: PageInfo) -> st.Page:
    """Streamlit's Page object, from the page's file, or from a function where it has none."""

    def show() -> None:
        render_dashboard(page.start(info.key))

    source: Path | Callable[[], None] = info.path or show
    return st.Page(
        source,
        title=info.title,
        icon=info.icon,
        url_path=info.key,
        default=info is OVERVIEW,
        visibility="visible" if info.listed else "hidden",
    )


def run_page(user: SessionUser) -> None:
    """Register all pages that this user may open, and run the requested one."""
    back_forward.restore_query()
    shared = {info.key: make_page(info) for info in list_pages(cached.get_rules())}
    if page.has_inbox():
        shared[INBOX.key] = make_page(INBOX)
    own = {info.key: make_page(info) for info in list_own_pages(user)}
    page_links.save_pages(shared | own)
    # Registered even for users who may not open it, so that its address explains why.
    forbidden = [] if ADMIN.is_for(user) else [make_page(replace(ADMIN, listed=False))]
    sections = {"": list(shared.values()), plain(user.name): [*own.values(), *forbidden]}
    st.navigation(sections, position="top").run()


st.set_page_config(
    page_title="Release dashboard",
    page_icon=str(FOLDER / "icon.svg"),  # a Material symbol would be fetched from an external host
    layout="wide",
    menu_items={
        "About": "Which version of every service runs where. Reads clusters, never changes them."
    },
)
st.html(FOLDER / "style.css")
visitor = None
try:
    visitor = gate.enter()
    if visitor is None:
        run_sign_in_page()
    else:
        run_page(visitor)
except ReldashError as error:
    page.render_error(error, details=visitor is not None)
except Exception:  # Streamlit would show users its own error page
    logging.getLogger("reldash.ui").exception("failed to render a page")
    page.render_failure()
