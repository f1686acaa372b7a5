"""The recorded history of a dashboard, computed once per tick and shared."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from reldash.domain.fleet.rules import FleetRules
from reldash.domain.history.changes import Change, changes
from reldash.domain.history.promotions import Promotion, promotions
from reldash.domain.history.service_records import ServiceRecord, service_records
from reldash.domain.rollouts.records import CoveredSpan, RolloutRecord
from reldash.services.context import Context
from reldash.services.view_cache import Tick

# The limit for a whole dashboard. The history of a single service is always complete.
MOST_RECORDS = 100_000


@dataclass(frozen=True, slots=True)
class DashboardHistory:
    """The recorded history of a dashboard, or of one of its services.

    `complete_from_at` is when complete records begin; None if nothing was cut off.
    """

    named: tuple[ServiceRecord, ...]
    changes: tuple[Change, ...]
    promotions: tuple[Promotion, ...]
    coverage: Mapping[str, tuple[CoveredSpan, ...]]
    complete_from_at: datetime | None


def load_dashboard_history(
    context: Context, dashboard: str, service: str, tick: Tick
) -> DashboardHistory:
    """The history of a dashboard, or of one service if the dashboard's is cut off."""
    whole = context.views.get(
        ("history", dashboard), lambda _: _load_dashboard(context, dashboard), tick
    )
    if not service or whole.complete_from_at is None:
        return whole
    return context.views.get(
        ("history", dashboard, service),
        lambda _: _load_service(context, dashboard, service, whole),
        tick,
    )


def _load_dashboard(context: Context, dashboard: str) -> DashboardHistory:
    """The newest rollouts, always with those still running, which name the others."""
    rules = context.rules
    clusters = _clusters(rules, dashboard)
    records = context.store.history.load_records(clusters=clusters, limit=MOST_RECORDS)
    complete_from_at = None
    if len(records) == MOST_RECORDS:
        complete_from_at = records[-1].rollout.started_at
        # Plus rollouts that ran at that moment, or were replaced by the first of these.
        since = complete_from_at - timedelta(microseconds=1)
        touching = context.store.history.load_records(clusters=clusters, since=since)
        records += [r for r in touching if r.rollout.started_at < complete_from_at]
    named = service_records(records, rules, dashboard)
    return _derive(context, dashboard, rules, named, complete_from_at)


def _load_service(
    context: Context, dashboard: str, service: str, whole: DashboardHistory
) -> DashboardHistory:
    """All rollouts of one service's containers, named as in the whole dashboard."""
    rules = context.rules
    places = {one.record.rollout.key: one for one in whole.named if one.service == service}
    records: list[RolloutRecord] = context.store.history.load_records(
        clusters=_clusters(rules, dashboard), of=list(places)
    )
    named = [places[record.rollout.key]._replace(record=record) for record in records]
    return _derive(context, dashboard, rules, named, None)


def _derive(
    context: Context,
    dashboard: str,
    rules: FleetRules,
    named: list[ServiceRecord],
    complete_from_at: datetime | None,
) -> DashboardHistory:
    coverage = context.store.history.load_coverage(_clusters(rules, dashboard))
    stale_after = rules.collect.stale_after
    found = changes(named, coverage, rules.freezes, stale_after=stale_after)
    promoted = promotions(named, coverage, rules, dashboard)
    if complete_from_at is not None:  # earlier rollouts are only loaded as predecessors
        found = [change for change in found if change.at >= complete_from_at]
        promoted = [promotion for promotion in promoted if promotion.to_at >= complete_from_at]
    return DashboardHistory(
        tuple(named),
        tuple(found),
        tuple(promoted),
        coverage,
        complete_from_at,
    )


def _clusters(rules: FleetRules, dashboard: str) -> list[str]:
    return [cluster.name for cluster in rules.clusters if dashboard in cluster.dashboards]
