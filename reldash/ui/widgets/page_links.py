"""Links between pages and to exports: views as URLs."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode

import streamlit as st

from reldash.domain.matrix.filters import Filter
from reldash.ui.navigation import PageInfo

# Of the details of a cell, beside the keys of a filter.
SERVICE, COLUMN = "service", "column"

_PAGES = "reldash_pages"


def save_pages(pages: Mapping[str, st.Page]) -> None:
    """Keep the session's Page objects by key: links need them, since relative paths fail here."""
    st.session_state[_PAGES] = dict(pages)


def page_of(page: PageInfo) -> st.Page:
    """The Page object to link to."""
    pages: Mapping[str, st.Page] = st.session_state[_PAGES]
    return pages[page.key]


def page_query(chosen: Filter, service: str = "", column: str = "") -> dict[str, list[str]]:
    """The query of a page that shows a filter, and a cell's details if one is named."""
    pairs = chosen.to_query()
    if service:
        pairs += [(SERVICE, service), (COLUMN, column)]
    query: dict[str, list[str]] = {}
    for key, value in pairs:
        query.setdefault(key, []).append(value)
    return query


def export_path(name: str) -> str:
    """The address of an export without its suffix.

    It is relative to a page's own, so that a base path is kept; `name` is as for `export_url`.
    """
    return f"export/{quote(name)}"


def export_url(name: str, suffix: str, chosen: Filter) -> str:
    """The address of an export.

    Args:
        name: "inventory", or "matrix/KEY".
        suffix: "csv" or "json".
        chosen: what the page shows.
    """
    query = urlencode(chosen.to_query())
    return f"{export_path(name)}.{suffix}{'?' if query else ''}{query}"


def audit_url(query: Mapping[str, str]) -> str:
    """The address of the audit log as CSV, likewise relative; empty values are left out."""
    written = urlencode({key: value for key, value in query.items() if value})
    return f"export/audit.csv{'?' if written else ''}{written}"
