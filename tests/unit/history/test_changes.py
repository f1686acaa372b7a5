"""Changes: which intervals are one, of which kind, and when."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reldash.domain.fleet.freezes import Freeze
from reldash.domain.history.changes import CHANGE_WORDS, Change, ChangeKind, changes
from reldash.domain.history.releases import build_of_record
from reldash.domain.history.service_records import service_records
from reldash.domain.rollouts.records import CoveredSpan, RolloutRecord
from reldash.domain.tables.csv_text import frame_csv
from reldash.domain.tables.history import changes_frame
from reldash.domain.workloads.observations import RolloutSource
from reldash.domain.workloads.reads import Unread
from tests.unit.builders import REGISTRY, days_ago, fleet_rules
from tests.unit.history_builders import STALE_AFTER, coverage_of, covered, record, whole_coverage

RULES = fleet_rules()
REVISION = RolloutSource.REVISION


def changes_of(
    *records: RolloutRecord,
    coverage: Mapping[str, Sequence[CoveredSpan]] | None = None,
    freezes: Sequence[Freeze] = (),
) -> list[Change]:
    return changes(
        service_records(records, RULES, "platform"),
        whole_coverage() if coverage is None else coverage,
        freezes,
        stale_after=STALE_AFTER,
    )


def kinds_and_versions(*records: RolloutRecord, **arguments: object) -> list[tuple[str, str, str]]:
    """Kind, before and after, oldest first."""
    found = changes_of(*records, **arguments)  # type: ignore[arg-type]
    return [(str(c.kind), c.before, c.after) for c in reversed(found)]


def steps(*versions: str, **fields: object) -> list[RolloutRecord]:
    """One version after another from twenty days ago, a day each; the last goes on."""
    return [
        record(
            "prod",
            version,
            20 - i,
            19 - i if i < len(versions) - 1 else None,
            **fields,  # type: ignore[arg-type]
        )
        for i, version in enumerate(versions)
    ]


@pytest.mark.parametrize(
    ("versions", "kinds"),
    [
        (["1.0.0"], []),
        (["1.0.0", "1.1.0"], ["changed"]),
        (["1.1.0", "1.0.0"], ["changed"]),  # an older version, but it had never run here
        (["1.0.0", "1.1.0", "1.0.0"], ["changed", "rollback"]),
        (["1.0.0", "1.1.0", "1.0.0", "1.1.0"], ["changed", "rollback", "changed"]),
        (["1.0.0", "1.1.0", "1.2.0", "1.0.0"], ["changed", "changed", "rollback"]),
        (["1.0.0", "1.1.0", "1.0.0", "1.2.0"], ["changed", "rollback", "changed"]),
    ],
)
def test_a_rollback_is_to_a_build_that_first_ran_before_the_replaced_one(
    versions: list[str], kinds: list[str]
) -> None:
    assert [kind for kind, _, _ in kinds_and_versions(*steps(*versions))] == kinds


def test_a_change_has_versions_place_and_time() -> None:
    (change,) = changes_of(*steps("1.0.0", "1.1.0"))
    assert change == Change(
        at=days_ago(19),
        service="api",
        environment="prod",
        customer=None,
        cluster="prod",
        namespace="shop",
        workload="api",
        container="api",
        before="1.0.0",
        after="1.1.0",
        kind=ChangeKind.CHANGED,
        source=RolloutSource.OBSERVED,
    )


def test_the_newest_come_first() -> None:
    found = changes_of(
        *steps("1.0.0", "1.1.0", "1.2.0"), record("dev", began=5, created_at=days_ago(5))
    )
    assert [c.at for c in found] == [days_ago(5), days_ago(18), days_ago(19)]


def test_another_build_of_the_same_version_shows_the_digests() -> None:
    one, other = record("prod", began=9, ended=5, build="a"), record("prod", began=5, build="b")
    ((kind, before, after),) = kinds_and_versions(one, other)
    assert kind == "rebuilt"
    assert before != after
    assert before.startswith("1.4.2 @")
    assert after.startswith("1.4.2 @")


def test_builds_without_reported_digests_are_distinguished_by_pinned_ones() -> None:
    one, other = (f"{REGISTRY}/api:1.4.2@sha256:{letter * 64}" for letter in "ab")
    found = kinds_and_versions(
        record("prod", began=9, ended=5, image=one, digests=()),
        record("prod", began=5, image=other, digests=()),
    )
    assert found == [("rebuilt", f"1.4.2 @{'a' * 12}", f"1.4.2 @{'b' * 12}")]


def test_back_to_an_earlier_build_of_a_version_is_a_rollback() -> None:
    builds = [("a", 9, 5), ("b", 5, 3), ("a", 3, None)]
    found = kinds_and_versions(*(record("prod", began=b, ended=e, build=x) for x, b, e in builds))
    assert [kind for kind, _, _ in found] == ["rebuilt", "rollback"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"{REGISTRY}/api:1.4.2", "mirror.example.com/shop/api:1.4.2"),
        (f"{REGISTRY}/api:1.4.2", f"{REGISTRY}/api:1.4.2@sha256:{'a' * 64}"),
    ],
    ids=["another registry", "pinned"],
)
def test_another_spelling_of_the_same_build_is_no_change(before: str, after: str) -> None:
    known = (f"{REGISTRY}/api@sha256:{'a' * 64}",)
    one = record("prod", began=9, ended=5, image=before, digests=known)
    assert kinds_and_versions(one, record("prod", began=5, image=after, digests=known)) == []


def test_another_repository_with_the_same_tag_is_a_change() -> None:
    one = record("prod", "7", 9, 5, image="redis:7")
    assert kinds_and_versions(one, record("prod", "7", 5, image="valkey:7")) == [
        ("changed", "redis:7", "valkey:7")
    ]


def test_a_tag_given_to_the_same_build_is_another_version() -> None:
    one = record("prod", "1.5.0-rc.2", 9, 5, build="x")
    assert kinds_and_versions(one, record("prod", "1.5.0", 5, build="x")) == [
        ("changed", "1.5.0-rc.2", "1.5.0")
    ]


# --- coming and going --------------------------------------------------------------------------


def test_a_workload_deleted_and_created_again_is_removed_and_returned() -> None:
    found = kinds_and_versions(record("prod", "1.0.0", 9, 5), record("prod", "1.1.0", 3))
    assert found == [("removed", "1.0.0", ""), ("returned", "1.0.0", "1.1.0")]


def test_a_workload_deleted_for_good_is_removed() -> None:
    assert kinds_and_versions(record("prod", "1.0.0", 9, 5)) == [("removed", "1.0.0", "")]


def test_a_workload_created_while_its_cluster_was_read_is_new() -> None:
    assert kinds_and_versions(record("prod", began=9, created_at=days_ago(9))) == [
        ("new", "", "1.4.2")
    ]


@pytest.mark.parametrize(
    "found_first",
    [
        record("prod", began=60),  # by the first read
        record("prod", began=9),  # made long before: what ran before it is no more kept
        record("prod", began=60, described=False),
    ],
)
def test_a_workload_found_by_the_first_read_is_not_new(found_first: RolloutRecord) -> None:
    assert kinds_and_versions(found_first) == []


def test_a_workload_found_by_the_first_read_is_new_if_it_was_just_created() -> None:
    assert kinds_and_versions(record("prod", began=60, created_at=days_ago(60.01))) == [
        ("new", "", "1.4.2")
    ]


def test_a_record_without_description_is_new_if_its_cluster_was_read_before() -> None:
    assert kinds_and_versions(record("prod", began=9, described=False)) == [("new", "", "1.4.2")]


def test_a_renamed_container_goes_on() -> None:
    before = record("prod", "1.0.0", 9, 5, container="main")
    assert kinds_and_versions(before, record("prod", "1.1.0", 5)) == [("changed", "1.0.0", "1.1.0")]


def test_two_containers_at_the_same_time_are_not_joined() -> None:
    worker = record("prod", "1.0.0", 9, 4, container="worker")
    found = kinds_and_versions(worker, record("prod", "1.1.0", 8, 6), record("prod", "1.2.0", 6))
    assert found == [("changed", "1.1.0", "1.2.0"), ("removed", "1.0.0", "")]


# --- how well it is known ----------------------------------------------------------------------


def test_changes_from_revisions_are_approximate() -> None:
    (change,) = changes_of(
        record("prod", "1.0.0", 90, 70, source=REVISION),
        record("prod", "1.1.0", 70, source=REVISION),
    )
    assert (change.source, change.approximate, change.gap) == (REVISION, True, None)


def test_the_first_revision_is_new_only_if_the_workload_was_created_with_it() -> None:
    assert kinds_and_versions(record("prod", began=90, source=REVISION)) == []
    made = record("prod", began=90, source=REVISION, created_at=days_ago(90))
    assert kinds_and_versions(made) == [("new", "", "1.4.2")]


def test_a_change_seen_by_the_first_read_after_a_gap_lies_in_the_gap() -> None:
    coverage = coverage_of(covered("prod", 60, 22), covered("prod", 19))
    early = record("prod", "1.0.0", 50, 19)
    (change,) = changes_of(early, record("prod", "1.1.0", 19), coverage=coverage)
    assert (change.approximate, change.gap) == (True, (days_ago(22), days_ago(19)))


def test_a_change_long_after_a_gap_is_exact() -> None:
    coverage = coverage_of(covered("prod", 60, 22), covered("prod", 19.5))
    (change,) = changes_of(*steps("1.0.0", "1.1.0"), coverage=coverage)
    assert (change.approximate, change.gap) == (False, None)


def test_reads_that_follow_each_other_leave_no_gap_though_their_coverage_changed() -> None:
    refused = Unread("CronJob", None, "Refused", "403")
    coverage = coverage_of(
        covered("prod", 60, days_ago(19) - STALE_AFTER / 2, refused), covered("prod", 19)
    )
    (change,) = changes_of(*steps("1.0.0", "1.1.0"), coverage=coverage)
    assert change.gap is None


def test_an_unread_part_is_a_gap_of_its_own() -> None:
    refused = Unread("Deployment", "shop", "Refused", "403")
    coverage = coverage_of(
        covered("prod", 60, 30), covered("prod", 30, 19, refused), covered("prod", 19)
    )
    (change,) = changes_of(
        record("prod", "1.0.0", 50, 19), record("prod", "1.1.0", 19), coverage=coverage
    )
    assert change.gap == (days_ago(30), days_ago(19))


def test_an_image_found_by_the_first_read_changed_since_the_last_revision() -> None:
    (change,) = changes_of(
        record("prod", "1.0.0", 90, 60, source=REVISION), record("prod", "1.1.0", 60)
    )
    assert change.gap == (days_ago(90), days_ago(60))


def test_a_rollout_in_a_gap_starts_after_the_creation_of_its_workload() -> None:
    coverage = coverage_of(covered("prod", 60, 22), covered("prod", 19))
    (change,) = changes_of(record("prod", began=19, created_at=days_ago(20)), coverage=coverage)
    assert (change.kind, change.gap) == (ChangeKind.NEW, (days_ago(20), days_ago(19)))


def test_a_deletion_in_a_gap_lies_in_the_gap() -> None:
    coverage = coverage_of(covered("prod", 60, 22), covered("prod", 19))
    (change,) = changes_of(record("prod", began=50, ended=19), coverage=coverage)
    assert (change.kind, change.gap) == (ChangeKind.REMOVED, (days_ago(22), days_ago(19)))


def test_changes_in_a_freeze_window_name_it() -> None:
    def freeze(name: str, environment: str) -> Freeze:
        local = datetime(2026, 11, 1, 0, 0)  # noqa: DTZ001 - on the wall clock, as the file has it
        return Freeze(name, (environment,), local, datetime(2026, 11, 2, 0, 0), "UTC")  # noqa: DTZ001 - likewise

    both = (freeze("holidays", "prod"), freeze("elsewhere", "dev"))
    found = changes_of(*steps("1.0.0", "1.1.0", "1.2.0"), freezes=both)
    assert [(c.at.day, c.freeze) for c in found] == [(2, ""), (1, "holidays")]


@given(st.lists(st.sampled_from(["1.0.0", "1.1.0", "1.2.0", "2.0.0"]), min_size=1, max_size=9))
def test_replayed_changes_give_the_current_versions(versions: list[str]) -> None:
    records = steps(*versions, created_at=days_ago(20))
    runs = None
    for change in reversed(changes_of(*records)):
        assert change.before == (runs or "")
        runs = change.after
    assert runs == build_of_record(records[-1]).version


def test_every_kind_has_words() -> None:
    assert list(CHANGE_WORDS) == list(ChangeKind)


def test_the_table_has_a_row_per_change_and_its_csv_has_no_formulas() -> None:
    odd = record("prod", began=9, image="=cmd:1", created_at=days_ago(9))
    frame = changes_frame(
        changes_of(odd, *steps("1.0.0", "1.1.0", service="cart", workload="cart"))
    )
    assert frame["kind"].tolist() == ["new", "changed"]
    assert frame["at"].tolist() == [days_ago(9), days_ago(19)]
    assert frame["gap from"].isna().all()
    assert frame["customer"].tolist() == ["", ""]
    assert "'=cmd:1" in frame_csv(frame)


def test_a_table_of_nothing_has_the_same_columns() -> None:
    assert list(changes_frame([]).columns) == list(
        changes_frame(changes_of(*steps("1", "2"))).columns
    )
    assert frame_csv(changes_frame([])).startswith("at,service,environment,customer,")
