"""Two sides of a dashboard compared: environments, clusters, namespaces, customers, moments."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from functools import partial

from reldash.domain.comparison.compare import Comparison, Difference, compare
from reldash.domain.comparison.sides import Side, SideCells, cells_of_side
from reldash.domain.fleet.choices import ChoiceError
from reldash.domain.matrix.cell_text import versions_text
from reldash.domain.matrix.filters import Filter
from reldash.services.context import Context
from reldash.services.past.past_views import check_moment, describe_past_gaps, get_past_view
from reldash.services.reports.cached_reports import get_matrix
from reldash.services.reports.history import first_rollouts
from reldash.services.reports.notices import load_registry_facts
from reldash.services.reports.tag_reading import tag_rules_of
from reldash.services.view_cache import Tick


def load_comparison(
    context: Context, dashboard: str, left: Side, right: Side, tick: Tick
) -> Comparison:
    """Two sides of a dashboard, service by service.

    Raises:
        ChoiceError: no such dashboard or side, or a moment lies in the future.
        StoreError: the database cannot be reached.
    """
    context.rules.dashboard(dashboard)
    for side in (left, right):
        if side.as_of is not None:
            check_moment(context, side.as_of, context.now())
    key = "comparison", dashboard, left, right
    moments = [side.as_of for side in (left, right) if side.as_of is not None]
    if moments:  # past moments are recomputed only on request
        return get_past_view(
            context,
            (*key, tick),
            max(moments),
            lambda: _compare(context, dashboard, left, right, tick),
            tick[:2],
        )
    return context.views.get(
        key, lambda tick: _compare(context, dashboard, left, right, tick), tick
    )


def filter_comparison(
    comparison: Comparison, kinds: Collection[Difference] = (), text: str = ""
) -> Comparison:
    """The rows with one of the differences (all if none is given) that contain every word.

    Words are matched case-insensitively in the service's name and versions. Counts stay those of
    the whole comparison.
    """
    words = text.casefold().split()
    rows = []
    for row in comparison.rows:
        texts = [row.service, *(versions_text(c) for c in (row.left, row.right) if c)]
        haystack = "\n".join(texts).casefold()
        if (not kinds or row.difference in kinds) and all(word in haystack for word in words):
            rows.append(row)
    return replace(comparison, rows=tuple(rows))


def _compare(context: Context, dashboard: str, left: Side, right: Side, tick: Tick) -> Comparison:
    first = first_rollouts(context, dashboard, tick)
    return compare(
        _take(context, dashboard, left, tick),
        _take(context, dashboard, right, tick),
        facts=load_registry_facts(context),
        first_rollout_at=lambda service, version: first.get((service, version)),
        rules_of=partial(tag_rules_of, context.rules),
    )


def _take(context: Context, dashboard: str, side: Side, tick: Tick) -> SideCells:
    """A side's cells.

    A namespace or customer that exists now but not at the side's moment has no cells; that is not
    an error.
    """
    matrix = get_matrix(context, dashboard, Filter(axis=side.axis, as_of=side.as_of), tick)
    try:
        return cells_of_side(matrix, side)
    except ChoiceError:
        if side.as_of is None or not (side.namespace or side.customer):
            raise
        now = get_matrix(context, dashboard, Filter(axis=side.axis), tick)
        cells_of_side(now, side)  # raises if it does not exist now either
        column = next(c for c in now.columns if c.key == side.column)
        of_environment = get_matrix(context, dashboard, Filter(as_of=side.as_of), tick)
        found = next(c for c in of_environment.columns if c.key == column.environment)
        unread = found.read_at is None or bool(found.stale)
        missing = (*found.unread, *found.stale)
        return SideCells(side, {}, has_gaps=unread, has_unread=unread, missing=missing)


def describe_comparison_gaps(
    context: Context, left: Side, right: Side, now: datetime
) -> tuple[str, ...]:
    """The limits of the data about the moments of both sides, as distinct sentences.

    Raises:
        ChoiceError: a moment lies in the future.
        StoreError: the database cannot be reached.
    """
    moments = dict.fromkeys(side.as_of for side in (left, right) if side.as_of is not None)
    found = (words for at in moments for words in describe_past_gaps(context, at, now))
    return tuple(dict.fromkeys(found))
