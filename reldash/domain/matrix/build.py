"""Build the matrix of a dashboard from a snapshot: service by column, each pair a cell."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from reldash.domain.drift.judged_place import JudgedPlace, judge_place
from reldash.domain.drift.judged_service import JudgedService
from reldash.domain.drift.sightings import DashboardSightings, ServiceSightings
from reldash.domain.drift.standards import BY_PROMOTION, Standards, make_standards
from reldash.domain.fleet.rules import FleetRules
from reldash.domain.fleet.scope import ColumnKeyOf, Scope
from reldash.domain.gc_pause import no_garbage_collection
from reldash.domain.grouping.rows import Row, RowGroup, group_rows, place_observations, sidecar_rows
from reldash.domain.matrix.cells import Axis, Cell, Matrix
from reldash.domain.matrix.columns import ColumnScope, column_key_of, columns_of
from reldash.domain.matrix.make_cell import cell_of, empty_cell
from reldash.domain.workloads.snapshot import Snapshot

_ALL = Scope()


def build_matrix(
    snapshot: Snapshot,
    rules: FleetRules,
    dashboard: str,
    *,
    now: datetime,
    axis: Axis = Axis.ENVIRONMENT,
    baseline: str = BY_PROMOTION,
    scope: Scope = _ALL,
    sidecars: bool = False,
) -> Matrix:
    """Build the matrix of a dashboard.

    Args:
        snapshot: of all clusters of the fleet, with facts of registries.
        rules: the fleet's.
        dashboard: its key.
        now: the moment of judgement (aware UTC), for staleness and waits.
        axis: the kind of its columns.
        baseline: "" to compare each environment with the one it is promoted from, "newest" for
            the newest version anywhere, or the name of the environment to compare all with.
        scope: the places that form cells. The others still count as baselines; rows without
            places in the scope are left out.
        sidecars: whether to add rows of sidecars and init containers, which never drift.

    Raises:
        ChoiceError: there is no such dashboard, or no such baseline.
    """
    standards = make_standards(
        rules, dashboard, snapshot.statuses, now=now, baseline=baseline, facts=snapshot.facts
    )
    with no_garbage_collection():
        return _build(snapshot, standards, axis, scope, sidecars=sidecars)


def _build(
    snapshot: Snapshot, standards: Standards, axis: Axis, scope: Scope, *, sidecars: bool
) -> Matrix:
    rules, dashboard = standards.rules, standards.dashboard.key
    groups = group_rows(place_observations(snapshot.observations, rules, dashboard), rules)
    if sidecars:
        groups = sorted([*groups, *sidecar_rows(groups)], key=_by_service)
    sightings = DashboardSightings(
        snapshot.sightings, (p for group in groups for p in group.primary), standards
    )
    services = [_judge_service(group, sightings, standards) for group in groups]
    shown = [_in_scope(service.places, scope) for service in services]
    column_scopes = columns_of(
        axis, standards, scope, (place for places in shown for place in places)
    )
    key_of = column_key_of(axis, standards)
    rows: list[Row] = []
    cells: dict[tuple[str, str], Cell] = {}
    for service, places in zip(services, shown, strict=True):
        if places:
            rows.append(service.row)
            cells |= _cells(service, places, column_scopes, key_of, scope)
    return Matrix(
        dashboard=dashboard,
        axis=axis,
        as_of=standards.now,
        columns=tuple(column_scope.column for column_scope in column_scopes),
        rows=tuple(rows),
        cells=cells,
        unreached=tuple(
            dict.fromkeys(
                p.registry_info.unreached
                for places in shown
                for p in places
                if p.registry_info.unreached
            )
        ),
    )


def _judge_service(
    group: RowGroup, sightings: DashboardSightings, standards: Standards
) -> JudgedService:
    places = [
        judge_place(placed, sightings.of(placed.observation), standards) for placed in group.primary
    ]
    return JudgedService(
        group.row, places, ServiceSightings(places, sightings.gone(group)), standards
    )


def _in_scope(places: Sequence[JudgedPlace], scope: Scope) -> Sequence[JudgedPlace]:
    if scope == _ALL:
        return places
    return [
        place
        for place in places
        if scope.includes(
            place.placed.observation.cluster,
            place.placed.observation.namespace,
            place.placed.customer,
        )
    ]


def _cells(
    service: JudgedService,
    places: Iterable[JudgedPlace],
    column_scopes: Iterable[ColumnScope],
    key_of: ColumnKeyOf,
    scope: Scope,
) -> dict[tuple[str, str], Cell]:
    """The cells of a service, one for every column."""
    found: dict[str, list[JudgedPlace]] = defaultdict(list)
    for place in places:
        o = place.placed.observation
        key = key_of(o.cluster, place.placed.environment, o.namespace, place.placed.customer)
        found[key].append(place)
    name = service.row.service
    last_seen = service.past.last_seen(key_of, scope)
    cells = {}
    for column_scope in column_scopes:
        key = column_scope.column.key
        cells[name, key] = (
            cell_of(service, column_scope, found[key])
            if key in found
            else empty_cell(service, column_scope, last_seen.get(key))
        )
    return cells


def _by_service(group: RowGroup) -> tuple[str, str]:
    return group.row.service.casefold(), group.row.service
