"""The matrix of a past moment, as it was known at that moment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reldash.domain.drift.states import Flag, State
from reldash.domain.fleet.rules import Budget, Environment, FleetRules
from reldash.domain.history.as_of import lasting_facts, snapshot_at
from reldash.domain.images.references import DigestKind
from reldash.domain.matrix.build import build_matrix
from reldash.domain.matrix.cells import Axis, Cell, Matrix
from reldash.domain.registries.facts import RegistryFacts
from reldash.domain.rollouts.records import CoveredSpan, RolloutRecord
from reldash.domain.workloads.observations import Observation, Rollout, RolloutSource, WorkloadKind
from reldash.domain.workloads.reads import Unread
from tests.unit.builders import (
    NOW,
    REGISTRY,
    cluster,
    days_ago,
    digest,
    fleet_rules,
    image_id,
    minutes_ago,
    observation,
    snapshot,
)
from tests.unit.history_builders import (
    coverage_of,
    covered,
    described_as,
    record,
    sightings_at,
    whole_coverage,
)


def matrix_at(
    at: datetime,
    records: Sequence[RolloutRecord],
    coverage: Mapping[str, Sequence[CoveredSpan]] | None = None,
    *,
    rules: FleetRules | None = None,
    **arguments: object,
) -> Matrix:
    past = snapshot_at(
        records,
        sightings_at(records, at),
        whole_coverage() if coverage is None else coverage,
        at,
    )
    return build_matrix(past, rules or fleet_rules(), "platform", now=at, **arguments)  # type: ignore[arg-type]


def cell_at(
    days: float,
    column: str,
    *records: RolloutRecord,
    coverage: Mapping[str, Sequence[CoveredSpan]] | None = None,
    rules: FleetRules | None = None,
    **arguments: object,
) -> Cell:
    matrix = matrix_at(days_ago(days), records, coverage, rules=rules, **arguments)
    return matrix.cell("api", column)


TRAIN = (
    record("dev", "1.4.0", 50, 30),
    record("dev", "1.5.0", 30, 10),
    record("dev", "1.6.0", 10),
    record("stg", "1.4.0", 45, 20),
    record("stg", "1.5.0", 20),
)


@pytest.mark.parametrize(
    ("days", "version", "state"),
    [
        (40, "1.4.0", State.IN_STEP),
        (25, "1.4.0", State.BEHIND),
        (20, "1.5.0", State.IN_STEP),  # from its very moment on
        (15, "1.5.0", State.IN_STEP),
        (5, "1.5.0", State.BEHIND),
    ],
)
def test_a_cell_has_the_version_and_state_of_that_moment(
    days: float, version: str, state: State
) -> None:
    cell = cell_at(days, "stg", *TRAIN)
    assert (cell.version, cell.state) == (version, state)


def test_lag_and_dwell_end_at_that_moment() -> None:
    lag = cell_at(25, "stg", *TRAIN).lag
    assert lag is not None
    assert (lag.minor, lag.releases, lag.dwell) == (1, 1, timedelta(days=5))


def test_the_budget_is_applied_at_that_moment() -> None:
    rules = fleet_rules(["dev", Environment("stg", budget=Budget(dwell=timedelta(days=7))), "prod"])
    assert cell_at(25, "stg", *TRAIN, rules=rules).state is State.WAITING
    assert cell_at(21, "stg", *TRAIN, rules=rules).state is State.BEHIND


def test_later_rollouts_are_not_known_yet() -> None:
    cell = cell_at(25, "stg", *TRAIN)
    assert cell.lag is not None
    assert cell.lag.releases == 1  # 1.6.0 was not out
    assert cell_at(48, "stg", *TRAIN).state is State.ABSENT
    assert "never ran there" in cell_at(48, "stg", *TRAIN).reason


def test_a_wait_starts_when_the_newer_version_was_ready() -> None:
    slow = (
        record("dev", "1.4.0", 50, 30),
        record("dev", "1.5.0", 30, ready=days_ago(28)),
        record("stg", "1.4.0", 45),
    )
    assert cell_at(29, "stg", *slow).state is State.IN_STEP
    lag = cell_at(27, "stg", *slow).lag
    assert lag is not None
    assert lag.dwell == timedelta(days=1)


def test_a_deleted_workload_is_present_before_and_absent_after() -> None:
    gone = record("prod", "1.4.0", 40, 20)
    living = record("dev", "1.4.0", 50)
    assert cell_at(21, "prod", gone, living).version == "1.4.0"
    after = cell_at(19, "prod", gone, living)
    assert (after.state, after.drift) == (State.ABSENT, True)
    assert "it ran there until" in after.reason


def test_since_is_the_start_of_the_interval_at_that_moment() -> None:
    assert cell_at(25, "stg", *TRAIN).since == days_ago(45)


def test_a_version_is_bypassed_if_it_was_not_ready_earlier_by_that_moment() -> None:
    hotfix = (
        record("dev", "1.4.0", 50, 10, created_at=days_ago(50)),
        record("dev", "1.4.1", 10),
        record("stg", "1.4.0", 45, 20, created_at=days_ago(45)),
        record("stg", "1.4.1", 20),
    )
    assert Flag.BYPASSED in cell_at(15, "stg", *hotfix).flags
    assert Flag.BYPASSED not in cell_at(5, "stg", *hotfix).flags


def test_a_version_that_never_became_ready_earlier_was_bypassed_too() -> None:
    failed = (
        record("dev", "1.4.0", 50, 30, created_at=days_ago(50)),
        record("dev", "1.4.1", 30, 29, ready=False),
        record("dev", "1.4.0", 29),
        record("stg", "1.4.0", 45, 20, created_at=days_ago(45)),
        record("stg", "1.4.1", 20),
    )
    assert Flag.BYPASSED in cell_at(15, "stg", *failed).flags


# --- what was not read -------------------------------------------------------------------------


def test_in_a_gap_the_last_version_and_state_are_kept_and_stale() -> None:
    coverage = {
        **whole_coverage("dev", "prod"),
        **coverage_of(covered("stg", 60, 26), covered("stg", 24)),
    }
    cell = cell_at(25, "stg", *TRAIN, coverage=coverage)
    assert (cell.version, cell.state, cell.flags) == ("1.4.0", State.BEHIND, (Flag.STALE,))
    assert cell.reason.startswith("last known: stg runs 1.4.0, dev 1.5.0: 1 minor version behind")
    assert cell.reason.endswith("; stg was last read 1 d ago")
    assert cell.observed_at == days_ago(26)
    assert cell_at(23, "stg", *TRAIN, coverage=coverage).state is State.BEHIND


def test_a_baseline_in_a_gap_is_used_as_it_was_last_read() -> None:
    coverage = {
        **whole_coverage("stg", "prod"),
        **coverage_of(covered("dev", 60, 26), covered("dev", 24)),
    }
    cell = cell_at(25, "stg", *TRAIN, coverage=coverage)
    assert (cell.state, cell.flags) == (State.BEHIND, (Flag.STALE,))
    assert cell.lag is not None
    assert cell.lag.until == days_ago(26)


def test_a_read_a_few_minutes_ago_is_no_gap() -> None:
    coverage = {
        **whole_coverage("dev", "prod"),
        **coverage_of(covered("stg", 60, minutes_ago(4))),
    }
    assert cell_at(0, "stg", *TRAIN, coverage=coverage).state is State.BEHIND


def test_nothing_in_a_cluster_is_absent_before_its_first_read() -> None:
    coverage = {**whole_coverage("dev", "stg"), **coverage_of(covered("prod", 20))}
    cell = cell_at(30, "prod", *TRAIN, coverage=coverage)
    assert (cell.version, cell.state) == ("", State.UNKNOWN)
    assert cell_at(10, "prod", *TRAIN, coverage=coverage).state is State.ABSENT


@pytest.mark.parametrize("axis", list(Axis))
def test_versions_from_revisions_before_the_first_read_are_shown_as_unknown(axis: Axis) -> None:
    by_revision = record("stg", "1.4.0", 45, 20, source=RolloutSource.REVISION)
    coverage = {**whole_coverage("dev", "prod"), **coverage_of(covered("stg", 10))}
    column = {Axis.NAMESPACE: "stg/shop", Axis.CUSTOMER: "stg/-"}.get(axis, "stg")
    cell = cell_at(40, column, TRAIN[0], by_revision, coverage=coverage, axis=axis)
    assert (cell.version, cell.state, cell.drift) == ("1.4.0", State.UNKNOWN, False)
    assert cell.flags == (Flag.STALE,)
    assert "no read of stg is kept from that time or before" in cell.reason
    (place,) = cell.places
    assert place.since_approximate
    assert (place.observed_at, cell.observed_at) == (None, None)


def test_a_cluster_without_coverage_was_never_read() -> None:
    past = snapshot_at((), (), {"prod": ()}, NOW)
    assert past.statuses["prod"].read_at is None


def test_an_unread_part_keeps_its_earlier_observations() -> None:
    refused = Unread("Deployment", "shop", "Refused", "403")
    coverage = {
        **whole_coverage("dev", "prod"),
        **coverage_of(covered("stg", 60, 26), covered("stg", days_ago(26), 0, refused)),
    }
    cell = cell_at(25, "stg", *TRAIN, coverage=coverage)
    assert (cell.version, cell.state, cell.flags) == ("1.4.0", State.BEHIND, (Flag.STALE,))
    assert cell.observed_at == days_ago(26)


def test_nothing_in_an_unread_part_is_absent() -> None:
    refused = Unread("Deployment", None, "Refused", "403")
    coverage = {**whole_coverage("dev", "stg"), **coverage_of(covered("prod", 60, 0, refused))}
    cell = cell_at(25, "prod", *TRAIN, coverage=coverage)
    assert cell.state is State.UNKNOWN
    assert "Deployments of prod could not be read" in cell.reason


def test_another_unread_kind_changes_nothing() -> None:
    refused = Unread("CronJob", None, "Refused", "403")
    coverage = {**whole_coverage("dev", "prod"), **coverage_of(covered("stg", 60, 0, refused))}
    assert cell_at(15, "stg", *TRAIN, coverage=coverage).state is State.IN_STEP


def test_without_pods_digests_do_not_count_and_the_cell_is_unchecked() -> None:
    refused = Unread("Pod", None, "Refused", "403")
    rebuilt = (record("dev", build="one"), record("stg", build="other"))
    without = {**whole_coverage("dev", "prod"), **coverage_of(covered("stg", 60, 0, refused))}
    assert Flag.REBUILT in cell_at(1, "stg", *rebuilt).flags
    assert cell_at(1, "stg", *rebuilt, coverage=without).flags == (Flag.UNCHECKED,)


# --- what is not kept --------------------------------------------------------------------------


def test_a_past_without_events_has_no_flags() -> None:
    assert all(cell.flags == () for cell in matrix_at(days_ago(15), TRAIN).cells.values())


def test_replicas_and_progress_are_not_invented() -> None:
    (place,) = cell_at(15, "stg", *TRAIN).places
    assert (place.ready, place.wanted, place.status) == (None, None, "not kept")


def test_an_unknown_digest_names_the_flags_that_need_one() -> None:
    cell = cell_at(15, "stg", TRAIN[1], record("stg", "1.5.0", 20, digests=()))
    assert (cell.state, cell.flags) == (State.IN_STEP, (Flag.UNCHECKED,))
    assert "tag_moved and rebuilt" in cell.flag_reasons[Flag.UNCHECKED]


def test_only_registry_facts_that_never_change_are_used() -> None:
    facts = RegistryFacts(
        pushes={digest("a"): days_ago(3)},
        kinds={digest("a"): DigestKind.INDEX},
        tags={("r/a", "1"): digest("b")},
        missing=frozenset({("r/a", "2")}),
        held={("r/a", digest("a")): True},
    )
    kept = lasting_facts(facts)
    assert (kept.pushes, kept.kinds) == (facts.pushes, facts.kinds)
    assert (kept.tags, kept.missing, kept.held) == ({}, frozenset(), {})


def test_a_tag_moved_later_had_not_moved_at_that_moment() -> None:
    api = record("stg", "1.5.0", 20)
    moved = RegistryFacts(tags={(f"{REGISTRY}/api", "1.5.0"): digest("another")})
    past = snapshot_at(
        [api], sightings_at([api], days_ago(5)), whole_coverage(), days_ago(5), facts=moved
    )
    cell = build_matrix(past, fleet_rules(), "platform", now=days_ago(5)).cell("api", "stg")
    assert cell.flags == ()


def test_labels_of_that_moment_name_the_service() -> None:
    shop = {"app.kubernetes.io/name": "storefront"}
    matrix = matrix_at(days_ago(5), [record("dev", labels=shop)])
    assert [row.service for row in matrix.rows] == ["storefront"]


def test_a_record_without_a_description_is_named_by_its_workload() -> None:
    cell = cell_at(5, "dev", record("dev", described=False))
    assert cell.version == "1.4.2"


def test_several_digests_of_one_rollout_are_all_compared() -> None:
    ids = tuple(image_id(f"{REGISTRY}/api:1.4.2", arch) for arch in ("amd64", "arm64"))
    cell = cell_at(5, "stg", record("dev", digests=ids[:1]), record("stg", digests=ids))
    assert cell.state is State.IN_STEP


# --- while a rollout was under way ------------------------------------------------------------


def test_the_previous_version_counts_until_the_new_one_is_ready() -> None:
    old = record("stg", "1.4.0", 45, 20)
    new = record("stg", "1.5.0", 20, ready=days_ago(19), digests=())
    dev = record("dev", "1.4.0", 50)
    during, after = cell_at(19.5, "stg", dev, old, new), cell_at(19, "stg", dev, old, new)
    assert (during.version, during.state) == ("1.4.0", State.IN_STEP)
    assert during.flags == (Flag.UNCHECKED,)
    assert "was not ready by then" in during.flag_reasons[Flag.UNCHECKED]
    assert during.places[0].image == f"{REGISTRY}/api:1.5.0"
    assert after.version == "1.5.0"


def test_a_version_ready_only_later_may_not_have_been_pulled_yet() -> None:
    old, new = record("stg", "1.4.0", 45, 20), record("stg", "1.5.0", 20, ready=days_ago(19))
    assert dict(cell_at(19.5, "stg", old, new).versions) == {"1.4.0": 1}


def test_a_version_pulled_but_never_ready_does_not_count_beside_the_previous_one() -> None:
    old, new = record("stg", "1.4.0", 45, 20), record("stg", "1.5.0", 20, ready=False)
    assert dict(cell_at(19.5, "stg", old, new).versions) == {"1.4.0": 1}


@pytest.mark.parametrize(
    "before",
    [
        record("stg", "1.4.0", 45, 25),  # deleted in between
        record("stg", "1.4.0", 45, 20, ready=False),
        record("stg", "1.4.0", 45, 20, container="another"),
    ],
)
def test_only_the_previous_version_runs_before_the_new_one_is_ready(before: RolloutRecord) -> None:
    new = record("stg", "1.5.0", 20, ready=False)
    assert cell_at(19.5, "stg", before, new).versions == (("1.5.0", 1),)


# --- now ---------------------------------------------------------------------------------------

VERSIONS = st.sampled_from(["1.4.0", "1.4.1", "1.5.0-rc.1", "1.5.0", "2.0.0", "nightly-7"])
STEPS = st.lists(st.tuples(VERSIONS, st.integers(1, 40)), min_size=1, max_size=4)
PLACES = st.tuples(
    st.sampled_from(["api", "cart"]),
    st.sampled_from(["dev", "stg-eu", "stg-us", "prod"]),
)
RULES = fleet_rules(
    ["dev", Environment("stg", budget=Budget(dwell=timedelta(days=9))), "prod"],
    clusters=["dev", cluster("stg-eu", "stg"), cluster("stg-us", "stg"), "prod"],
)


@given(st.dictionaries(PLACES, STEPS, max_size=8))
def test_as_of_now_is_the_live_matrix_of_a_fleet_at_rest(
    fleet: dict[tuple[str, str], list[tuple[str, int]]],
) -> None:
    records = [one for place, steps in fleet.items() for one in _history(*place, steps)]
    live = [_live(one) for one in records if one.rollout.ended_at is None]
    names = [c.name for c in RULES.clusters]
    known = snapshot(live, sightings_at(records, NOW), clusters=names)
    statuses = {name: replace(s, read_at=NOW) for name, s in known.statuses.items()}
    now = build_matrix(replace(known, statuses=statuses), RULES, "platform", now=NOW)
    past = matrix_at(NOW, records, whole_coverage(*names), rules=RULES)
    assert past.rows == now.rows
    assert past.columns == now.columns
    assert _comparable(past) == _comparable(now)


def _history(service: str, place: str, steps: Iterable[tuple[str, int]]) -> list[RolloutRecord]:
    """Each step's version for so many days, the last until now."""
    began = 40.0 * 4 + 1
    found: list[RolloutRecord] = []
    for version, days in steps:
        if found:
            ended = found[-1].rollout._replace(ended_at=days_ago(began))
            found[-1] = found[-1]._replace(rollout=ended)
        found.append(record(place, version, began, service=service, workload=service))
        began -= days
    return found


def _live(of: RolloutRecord) -> Observation:
    key = of.rollout.key
    live = observation(key.cluster, image=of.rollout.image, service=key.workload)
    return replace(live, observed_at=NOW)


def _comparable(matrix: Matrix) -> dict[tuple[str, str], Cell]:
    """The cells without what is not kept: replicas and the words of progress."""
    return {
        key: replace(
            cell,
            places=tuple(replace(p, ready=None, wanted=None, status="") for p in cell.places),
        )
        for key, cell in matrix.cells.items()
    }


def test_a_cron_job_that_ran_is_no_bypass() -> None:
    kind = WorkloadKind.CRON_JOB
    records = [record(name, began=9, ready=False, kind=kind) for name in ("dev", "stg")]
    assert cell_at(5, "stg", *records).flags == ()


def test_only_intervals_open_at_that_moment_count() -> None:
    ended: Rollout = record("dev", "1.4.0", 50, 30).rollout
    past = snapshot_at(
        [RolloutRecord(ended, described_as(observation("dev")))], (), whole_coverage(), days_ago(30)
    )
    assert past.observations == ()
