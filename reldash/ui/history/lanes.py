"""Lanes of the timeline: one for each place where a service ran, with its label."""

from collections.abc import Sequence
from datetime import datetime

from reldash.domain.fleet.rules import FleetRules
from reldash.domain.history.releases import build_of_record
from reldash.domain.history.timeline import Lane, ServiceRollout, timeline
from reldash.services.reports.history import History
from reldash.ui.cached import HistoryQuery


def make_lanes(found: History, query: HistoryQuery, rules: FleetRules, now: datetime) -> list[Lane]:
    """The lanes of the queried service within the queried period, at most until `now`."""
    return timeline(
        (
            ServiceRollout(
                one.record.rollout,
                build_of_record(one.record).version,
                one.environment,
                one.customer,
            )
            for one in found.named
        ),
        found.coverage,
        query.since,
        min(query.until, now),
        environments=[e.name for e in rules.dashboards[query.dashboard].environments],
        stale_after=rules.collect.stale_after,
    )


def lane_labels(lanes: Sequence[Lane]) -> list[str]:
    """The label of each lane: its environment, and what distinguishes it within that."""
    return [" · ".join(_label_parts(lane, lanes)) for lane in lanes]


def _label_parts(lane: Lane, lanes: Sequence[Lane]) -> list[str]:
    others = [other for other in lanes if other.environment == lane.environment]
    parts = [
        (lane.customer or "-", {other.customer or "-" for other in others}),
        (lane.key.cluster, {other.key.cluster for other in others}),
        (lane.key.namespace, {other.key.namespace for other in others}),
        (lane.key.workload, {other.key.workload for other in others}),
        (lane.key.container, {other.key.container for other in others}),
    ]
    found, left = [lane.environment], others
    for index, (text, known) in enumerate(parts):
        if len(left) > 1 and len(known) > 1:
            found.append(text)
            left = [other for other in left if _part(other, index) == text]
    return found


def _part(lane: Lane, index: int) -> str:
    key = lane.key
    return (lane.customer or "-", key.cluster, key.namespace, key.workload, key.container)[index]
