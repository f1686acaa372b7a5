"""Lists on the overview: rows with a link to an exact view and a text beside it."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from reldash.domain.fleet.rules import FleetRules
from reldash.domain.matrix.filters import Filter
from reldash.ui.navigation import dashboard_page
from reldash.ui.widgets import page_links
from reldash.ui.widgets.markup import Markup, element, plain

LINK_WIDTH = 210  # pixels, so that the texts beside links line up


@contextmanager
def section(key: str, title: str, more: str = "", *, level: str = "h3") -> Iterator[None]:
    """A section with its heading.

    Args:
        key: unique on the page.
        title: the heading.
        more: text beside the heading.
        level: the heading's element, "h2" or "h3".
    """
    with st.container(gap=None, key=f"reldash_rows_{key}"):
        quiet = element("span", f" {more}") if more else None
        st.html(element(level, title, quiet, class_="rd-part"))
        yield


def render_cell_link(
    rules: FleetRules,
    dashboard: str,
    service: str,
    column: str,
    title: str,
    *,
    width: int | None = LINK_WIDTH,
) -> None:
    """Draw a link to a service in its dashboard, with the details of one of its cells open.

    Args:
        rules: the fleet's.
        dashboard: its key.
        service: the row; the dashboard is filtered by its name.
        column: key of the cell's column.
        title: of the column.
        width: pixels; None for the width of its text.
    """
    st.page_link(
        page_links.get_page(dashboard_page(rules, dashboard)),
        label=f"{plain(service)} in {plain(title)}",
        icon="",
        query_params=page_links.page_query(Filter(text=service), service, column),
        width=width or "content",
    )


def render_text(*words: str | Markup | None, title: str = "") -> None:
    """Draw the text beside a link, with `title` on hover."""
    st.html(element("p", *words, class_="rd-row", title=title or None))
