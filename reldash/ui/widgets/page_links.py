"""Links from page to page that Streamlit follows without loading the page again."""

from collections.abc import Mapping

import streamlit as st

from reldash.domain.matrix.filters import Filter
from reldash.ui.navigation import PageInfo
from reldash.ui.widgets.page_urls import COLUMN, SERVICE

_PAGES = "reldash_pages"


def save_pages(pages: Mapping[str, st.Page]) -> None:
    """Save the session's Page objects by key for links; paths relative to `main` do not work."""
    st.session_state[_PAGES] = dict(pages)


def get_page(page: PageInfo) -> st.Page:
    """The Page object to link to."""
    pages: Mapping[str, st.Page] = st.session_state[_PAGES]
    return pages[page.key]


def page_query(chosen: Filter, service: str = "", column: str = "") -> dict[str, list[str]]:
    """The query of a page with a filter, and with a cell's details if one is named."""
    pairs = chosen.to_query()
    if service:
        pairs += [(SERVICE, service), (COLUMN, column)]
    query: dict[str, list[str]] = {}
    for key, value in pairs:
        query.setdefault(key, []).append(value)
    return query
