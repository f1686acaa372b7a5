"""History, comparisons and image searches, each computed once and shared."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from reldash.domain.comparison.compare import Comparison
from reldash.domain.comparison.sides import Side
from reldash.domain.history.image_search import ImageResults
from reldash.domain.matrix.filters import Filter
from reldash.services.context import get_context
from reldash.services.past.past_views import get_past_view
from reldash.services.reports.comparison import load_comparison
from reldash.services.reports.history import History, list_services, load_history
from reldash.services.reports.images import find_images
from reldash.services.reports.notices import load_notices
from reldash.services.view_cache import Tick


class HistoryQuery(NamedTuple):
    """Filter of the history page; an empty field matches all. Times are aware UTC."""

    dashboard: str
    service: str
    environments: tuple[str, ...]
    clusters: tuple[str, ...]
    customers: tuple[str, ...]
    since: datetime
    until: datetime


def get_history(query: HistoryQuery, tick: Tick) -> History:
    """Changes, promotions and lead times of a period (errors: `load_history`)."""
    return load_history(
        get_context(),
        query.dashboard,
        service=query.service,
        environments=query.environments,
        clusters=query.clusters,
        customers=query.customers,
        since=query.since,
        until=query.until,
        tick=tick,
    )


def get_images(texts: Sequence[str], tick: Tick) -> ImageResults:
    """Where images run and ran (errors: `find_images`), cached by query and tick."""
    context = get_context()
    at = datetime.fromtimestamp(60 * tick.minute, UTC)
    return get_past_view(
        context,
        ("images", tuple(texts), tick),
        at,
        lambda: find_images(context, texts, context.now()),
        tick[:2],
    )


def get_services(dashboard: str, tick: Tick) -> tuple[str, ...]:
    """All services of a dashboard with any record, sorted."""
    return list_services(get_context(), dashboard, tick)


def get_comparison(dashboard: str, left: Side, right: Side, tick: Tick) -> Comparison:
    """Two sides compared, service by service (errors: `load_comparison`)."""
    return load_comparison(get_context(), dashboard, left, right, tick)


def get_past_notices(as_of: datetime) -> tuple[str, ...]:
    """Limits of what is recorded of a past moment, a sentence each."""
    context = get_context()
    return load_notices(context, Filter(as_of=as_of), context.now())
