"""The script of every session: registers all pages, then runs the one that was asked for."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from reldash.errors import ReldashError
from reldash.ui import cached, links, page
from reldash.ui.dashboard import render_dashboard
from reldash.ui.registry import OVERVIEW, PageInfo, list_pages

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


st.set_page_config(
    page_title="Release dashboard",
    page_icon=str(FOLDER / "icon.svg"),  # else a page's symbol is fetched from an outside host
    layout="wide",
    menu_items={
        "About": "Which version of every service runs where. Reads clusters, changes none."
    },
)
st.html(FOLDER / "style.css")
try:
    pages = {info.key: make_page(info) for info in list_pages(cached.get_rules())}
    links.keep_pages(pages)
    st.navigation(list(pages.values()), position="top").run()
except ReldashError as error:
    page.render_error(error)
