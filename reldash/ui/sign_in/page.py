"""The sign-in page, in place of every page before sign-in; shows nothing of the fleet."""

import re
from base64 import b64encode
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st

from reldash.ui import page
from reldash.ui.navigation import INBOX
from reldash.ui.sign_in import steps
from reldash.ui.widgets.markup import element

TITLE = "Sign in"
WIDTH = 400

_ICON = b64encode((Path(__file__).resolve().parents[1] / "icon.svg").read_bytes()).decode()
_PAGE_NAME = re.compile(r"[\w-]+")


def run_sign_in_page() -> None:
    """Register the sign-in page at the requested address, and run it."""
    st.set_page_config(page_title=f"{TITLE} · Release dashboard")
    pages = [st.Page(_render, title=TITLE, default=True, url_path=" ")]
    requested = _requested_page()
    if page.has_inbox():
        pages.append(st.Page(INBOX.path or _render, title=INBOX.title, url_path=INBOX.key))
    if requested and requested != INBOX.key:
        pages.append(st.Page(_render, title=TITLE, url_path=requested))
    st.navigation(pages, position="hidden").run()


def _requested_page() -> str:
    """The name of the page in the browser's address; "" for the first one, or no name at all."""
    path = urlsplit(st.context.url or "").path.strip("/")
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    name = "" if path == base else path.rpartition("/")[2]
    return name if _PAGE_NAME.fullmatch(name) else ""


def _render() -> None:
    with (
        st.container(horizontal_alignment="center"),
        st.container(key="reldash_card", width=WIDTH, gap="small"),
    ):
        st.html(
            element(
                "header",
                element("img", src=f"data:image/svg+xml;base64,{_ICON}", alt=""),
                element("p", "Release dashboard"),
                class_="rd-brand",
            )
        )
        steps.render()
