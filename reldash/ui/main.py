"""The script of every session: lets in who is signed in, and runs the page that was asked for.

Before sign-in no page is registered but a stand-in at the address that was asked for: neither the
pages nor their titles are sent, and after sign-in the browser is where it wanted to go.
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
    """Streamlit's Page object: a file, or for a dashboard without one a function."""

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
    """Register all pages that this user may open, and run the one that was asked for."""
    back_forward.restore_query()
    shared = {info.key: make_page(info) for info in list_pages(cached.get_rules())}
    if page.has_inbox():
        shared[INBOX.key] = make_page(INBOX)
    own = {info.key: make_page(info) for info in list_own_pages(user)}
    page_links.save_pages(shared | own)
    # What somebody may not open is there all the same, so that its address says why it is shut.
    shut = [] if ADMIN.is_for(user) else [make_page(replace(ADMIN, listed=False))]
    sections = {"": list(shared.values()), plain(user.name): [*own.values(), *shut]}
    st.navigation(sections, position="top").run()


st.set_page_config(
    page_title="Release dashboard",
    page_icon=str(FOLDER / "icon.svg"),  # else a page's symbol is fetched from an outside host
    layout="wide",
    menu_items={
        "About": "Which version of every service runs where. Reads clusters, changes none."
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
except Exception:  # whatever it was, Streamlit would speak to its reader of itself
    logging.getLogger("reldash.ui").exception("a page could not be drawn")
    page.render_failure()
