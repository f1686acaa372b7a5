"""Addresses of pages as links in HTML of our own have them: relative, so that a base path is kept.

Following one opens the page anew, which also lets a browser open it in another tab.
"""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import quote, urlencode

from reldash.domain.fleet.rules import FleetRules
from reldash.domain.matrix.cell_text import iso
from reldash.ui.navigation import HISTORY, PageInfo, dashboard_page
from reldash.ui.widgets import page_links

Pairs = Iterable[tuple[str, str]]

AT = "at"  # the query key of the moment that a matrix or the inventory is of


def page_url(page: PageInfo, pairs: Pairs) -> str:
    """A page (not the overview) with a query; pairs without a value are left out."""
    return _with_query(quote(page.key), pairs)


def export_url(name: str, suffix: str, pairs: Pairs) -> str:
    """An export with a query, likewise."""
    return _with_query(f"{page_links.export_path(name)}.{suffix}", pairs)


def cell_url(
    rules: FleetRules,
    dashboard: str,
    service: str,
    environment: str,
    customer: str | None = None,
    at: datetime | None = None,
) -> str:
    """A cell with its details, of now or of a moment; a customer's own where one is named."""
    pairs = [("text", service)]
    column = environment
    if customer:
        pairs.append(("by", "customer"))
        column = f"{environment}/{customer}"
    pairs += [(AT, iso(at)), (page_links.SERVICE, service), (page_links.COLUMN, column)]
    return page_url(dashboard_page(rules, dashboard), pairs)


def history_url(dashboard: str, service: str, environment: str = "") -> str:
    """The history of a service, in all of a dashboard or in one environment."""
    pairs = [("dashboard", dashboard), ("service", service), ("env", environment)]
    return page_url(HISTORY, pairs)


def _with_query(path: str, pairs: Pairs) -> str:
    query = urlencode([(name, value) for name, value in pairs if value])
    return f"{path}?{query}" if query else path
