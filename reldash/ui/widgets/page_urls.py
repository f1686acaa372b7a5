"""URLs of pages and exports for links in our own HTML: relative, so that a base path is kept.

Such a link loads the page again, and can be opened in another tab.
"""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import quote, urlencode

from reldash.domain.fleet.rules import FleetRules
from reldash.domain.matrix.cell_text import iso
from reldash.ui.navigation import HISTORY, PageInfo, dashboard_page

Pairs = Iterable[tuple[str, str]]

AT = "at"  # in the query: the moment that a matrix or the inventory shows
SERVICE, COLUMN = "service", "column"  # in the query: the cell whose details are open


def page_url(page: PageInfo, pairs: Pairs) -> str:
    """A page (not the overview) with a query; pairs without a value are left out."""
    return _with_query(quote(page.key), pairs)


def export_path(name: str) -> str:
    """An export's URL without its suffix; `name` as for `export_url`."""
    return f"export/{quote(name)}"


def export_url(name: str, suffix: str, pairs: Pairs) -> str:
    """An export with a query; pairs without a value are left out.

    Args:
        name: "inventory", "matrix/KEY", "history", "audit" ...
        suffix: "csv" or "json".
        pairs: the query.
    """
    return _with_query(f"{export_path(name)}.{suffix}", pairs)


def cell_url(
    rules: FleetRules,
    dashboard: str,
    service: str,
    environment: str,
    customer: str | None = None,
    at: datetime | None = None,
) -> str:
    """A cell with its details, now or at a moment; of one customer where one is named."""
    pairs = [("text", service)]
    column = environment
    if customer:
        pairs.append(("by", "customer"))
        column = f"{environment}/{customer}"
    pairs += [(AT, iso(at)), (SERVICE, service), (COLUMN, column)]
    return page_url(dashboard_page(rules, dashboard), pairs)


def history_url(dashboard: str, service: str, environment: str = "") -> str:
    """The history of a service, in the whole dashboard or in one environment."""
    pairs = [("dashboard", dashboard), ("service", service), ("env", environment)]
    return page_url(HISTORY, pairs)


def _with_query(path: str, pairs: Pairs) -> str:
    query = urlencode([(name, value) for name, value in pairs if value])
    return f"{path}?{query}" if query else path
