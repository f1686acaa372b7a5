"""Intervals in which a container ran an image."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reldash.domain.rollouts.from_revisions import rollouts_from_revisions
from reldash.domain.rollouts.intervals import next_rollouts
from reldash.domain.workloads.observations import (
    Candidate,
    ContainerRole,
    Observation,
    Progress,
    Revision,
    Rollout,
    RolloutSource,
    RolloutStatus,
    WorkloadKind,
)
from tests.unit.builders import NOW, days_ago, digest, running
from tests.unit.rollouts.reads import API, ROLLING, minute, read, record_both


def record(*observations: Observation) -> list[Rollout]:
    """The intervals that the reads make, oldest first."""
    return record_both(*observations)[0]


def ids(*builds: str) -> tuple[str, ...]:
    return tuple(sorted(f"{API}@{digest(build)}" for build in builds))


def test_the_first_read_opens_an_interval() -> None:
    seen = read(minute(0), f"{API}:1", "a")

    assert record(seen) == [
        Rollout(seen.key, f"{API}:1", ids("a"), minute(0), None, minute(0), RolloutSource.OBSERVED)
    ]


def test_a_read_that_brings_nothing_new_changes_nothing() -> None:
    first = next_rollouts(None, read(minute(0), f"{API}:1", "a")).current

    step = next_rollouts(first, read(minute(1), f"{API}:1", "a"))

    assert step.ended is None
    assert step.current == first


def test_another_wanted_image_ends_the_interval_and_opens_one() -> None:
    old, new = record(read(minute(0), f"{API}:1", "a"), read(minute(1), f"{API}:2", "b"))

    assert (old.image, old.started_at, old.ended_at) == (f"{API}:1", minute(0), minute(1))
    assert (new.image, new.started_at, new.ended_at) == (f"{API}:2", minute(1), None)


def test_an_interval_opens_with_the_requested_image_and_is_ready_with_a_replica() -> None:
    old_pods = running(f"{API}:1", 2, build="a", current=False)
    new_pod = running(f"{API}:2", 1, ready=0, image_id="")

    _, new = record(
        read(minute(0), f"{API}:1", "a"),
        read(minute(1), f"{API}:2", running=(old_pods,), status=ROLLING),
        read(minute(2), f"{API}:2", running=(old_pods, new_pod), status=ROLLING),
        read(minute(3), f"{API}:2", "b", status=ROLLING),
        read(minute(4), f"{API}:2", "b"),
    )

    assert new.started_at == minute(1)
    assert new.ready_at == minute(3)
    assert new.digests == ids("b")


def test_a_tag_pushed_again_is_a_new_interval_of_the_same_image() -> None:
    old, new = record(read(minute(0), f"{API}:1", "a"), read(minute(1), f"{API}:1", "b"))

    assert (old.image, old.digests, old.ended_at) == (f"{API}:1", ids("a"), minute(1))
    assert (new.image, new.digests, new.started_at) == (f"{API}:1", ids("b"), minute(1))


@pytest.mark.parametrize(
    ("later", "intervals"),
    [
        pytest.param([()], [("a",)], id="no digest while pods start"),
        pytest.param([(), ("a",)], [("a",)], id="and the same one after"),
        pytest.param([(), ("b",)], [("a",), ("b",)], id="and another one after"),
        pytest.param([("a", "b")], [("a",)], id="one node pulled the new push"),
        pytest.param([("a", "b"), ("b",)], [("a",), ("b",)], id="and then all of them"),
        pytest.param([("a", "b"), ("a",)], [("a",)], id="one that came and went"),
        pytest.param([("a", "b"), ("c",)], [("a",), ("c",)], id="a third one is a rollout"),
    ],
)
def test_only_a_digest_not_seen_before_makes_an_interval(
    later: list[tuple[str, ...]], intervals: list[tuple[str, ...]]
) -> None:
    found = record(
        read(minute(0), f"{API}:1", "a"),
        *(read(minute(i), f"{API}:1", *builds) for i, builds in enumerate(later, 1)),
    )

    assert [rollout.digests for rollout in found] == [ids(*builds) for builds in intervals]


def test_digests_that_come_up_during_the_intervals_own_rollout_are_of_one_interval() -> None:
    since = {"rolling_since": minute(0), "status": ROLLING}
    [found] = record(
        read(minute(0), f"{API}:1", **since),
        read(minute(1), f"{API}:1", "amd64", **since),
        read(minute(2), f"{API}:1", "amd64", "arm64", **since),
        read(minute(3), f"{API}:1", "amd64", "arm64"),
    )

    assert found.digests == ids("amd64", "arm64")


def test_a_restart_that_pulls_another_build_is_a_new_interval_while_it_still_rolls() -> None:
    restart = {"rolling_since": minute(1), "status": ROLLING}

    old, new = record(
        read(minute(0), f"{API}:1", "a"),
        read(minute(1), f"{API}:1", running=(running(f"{API}:1", current=False),), **restart),
        read(minute(2), f"{API}:1", "b", **restart),
    )

    assert (old.digests, new.digests) == (ids("a"), ids("b"))
    assert new.started_at == minute(2)


def test_a_build_pushed_over_another_during_its_rollout_is_a_new_interval() -> None:
    since = {"rolling_since": minute(0), "status": ROLLING}

    old, new = record(
        read(minute(0), f"{API}:1", "a", **since), read(minute(1), f"{API}:1", "b", **since)
    )

    assert (old.digests, new.digests) == (ids("a"), ids("b"))


def test_another_digest_in_a_later_rollout_is_a_new_interval_once_the_last_pod_has_gone() -> None:
    old, new = record(
        read(minute(0), f"{API}:1", "a"),
        read(minute(9), f"{API}:1", "a", "b", rolling_since=minute(8), status=ROLLING),
        read(minute(10), f"{API}:1", "b", rolling_since=minute(8), status=ROLLING),
    )

    assert (old.digests, new.digests) == (ids("a"), ids("b"))
    assert old.ended_at == new.started_at == minute(10)


@pytest.mark.parametrize(
    "reported",
    [
        f"docker-pullable://{API}@{digest('a')}",
        f"mirror.io/hub/shop/api@{digest('a')}",
        digest("configuration of a"),
        "not a digest",
    ],
)
def test_another_way_to_report_a_digest_is_no_rollout(reported: str) -> None:
    other = running(f"{API}:1", image_id=reported)

    found = record(read(minute(0), f"{API}:1", "a"), read(minute(1), f"{API}:1", running=(other,)))

    assert len(found) == 1


def test_pods_that_could_not_be_read_change_nothing() -> None:
    first = next_rollouts(None, read(minute(0), f"{API}:1", "a")).current

    assert next_rollouts(first, read(minute(1), f"{API}:1", running=None)).current == first


def test_a_canary_opens_no_interval_before_it_is_stable() -> None:
    canary = read(
        minute(1),
        f"{API}:1",
        kind=WorkloadKind.ROLLOUT,
        candidate=Candidate(f"{API}:2", "canary", 10, 1),
        running=(running(f"{API}:1", build="a", current=False), running(f"{API}:2", build="b")),
    )
    stable = read(minute(0), f"{API}:1", "a", kind=WorkloadKind.ROLLOUT)
    promoted = read(minute(2), f"{API}:2", "b", kind=WorkloadKind.ROLLOUT)

    assert [r.started_at for r in record(stable, canary, promoted)] == [minute(0), minute(2)]


def test_a_clock_that_runs_behind_ends_no_interval_before_it_began() -> None:
    old, new = record(read(minute(5), f"{API}:1", "a"), read(minute(4), f"{API}:2", "b"))

    assert old.ended_at == new.started_at == minute(5)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["1", "2"]),
            st.sets(st.sampled_from("abc"), max_size=2),
            st.sampled_from(list(Progress)),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_intervals_never_overlap_or_leave_gaps(
    states: list[tuple[str, set[str], Progress]],
) -> None:
    found, unfinished = record_both(
        *(
            read(minute(i), f"{API}:{tag}", *sorted(builds), status=RolloutStatus(progress))
            for i, (tag, builds, progress) in enumerate(states)
        )
    )

    assert found[0].started_at == minute(0)
    assert found[-1].ended_at is None
    open_ = [found[-1], *(one for one in unfinished if one.ended_at is None)]
    requested, _, progress = states[-1]
    if progress is not Progress.HELD:  # a template whose pods have not started is nowhere
        assert open_[-1].image == f"{API}:{requested}"
    assert len(open_) <= 2
    assert all(one.ready_at is None for one in unfinished)
    assert all(a.ended_at == b.started_at for a, b in pairwise(found))
    assert all((a.image, a.digests) != (b.image, b.digests) for a, b in pairwise(found))


def revision(
    number: int, image: str, created_at: datetime, container: str = "api", **fields: object
) -> Revision:
    values: dict[str, object] = {
        "cluster": "prod",
        "namespace": "shop",
        "kind": WorkloadKind.DEPLOYMENT,
        "workload": "api",
        "number": number,
        "created_at": created_at,
        "template_hash": f"hash{number}",
        "images": ((container, ContainerRole.MAIN, image),),
    }
    return Revision(**(values | fields))  # type: ignore[arg-type]  # fields by name


NEVER = None
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("revisions", "wanted", "expected"),
    [
        pytest.param(
            [(1, "1", days_ago(9)), (2, "2", days_ago(4))],
            "2",
            [("1", days_ago(9), days_ago(4)), ("2", days_ago(4), NEVER)],
            id="one after the other",
        ),
        pytest.param(
            [(10, "3", days_ago(1)), (9, "2", days_ago(2)), (1, "1", days_ago(3))],
            "3",
            [
                ("1", days_ago(3), days_ago(2)),
                ("2", days_ago(2), days_ago(1)),
                ("3", days_ago(1), NEVER),
            ],
            id="in whatever order they are listed",
        ),
        pytest.param(
            [(1, "1", days_ago(9)), (2, "1", days_ago(5)), (3, "2", days_ago(4))],
            "2",
            [("1", days_ago(9), days_ago(4)), ("2", days_ago(4), NEVER)],
            id="a change of configuration alone",
        ),
        pytest.param(
            [(3, "1", days_ago(9)), (2, "2", days_ago(4))],
            "1",
            [
                ("1", days_ago(9), days_ago(4)),
                ("2", days_ago(4), days_ago(4) + SECOND),
                ("1", days_ago(4) + SECOND, NEVER),
            ],
            id="a rollback, which gives an old ReplicaSet a new number",
        ),
        pytest.param(
            [(4, "1", days_ago(9)), (2, "1", days_ago(8)), (3, "2", days_ago(4))],
            "1",
            [
                ("1", days_ago(9), days_ago(4)),
                ("2", days_ago(4), days_ago(4) + SECOND),
                ("1", days_ago(4) + SECOND, NEVER),
            ],
            id="a rollback over a change of configuration",
        ),
        pytest.param(
            [(3, "1", days_ago(9)), (2, "2", days_ago(4)), (4, "3", days_ago(1))],
            "3",
            [
                ("1", days_ago(9), days_ago(4)),
                ("2", days_ago(4), days_ago(4) + SECOND),
                ("1", days_ago(4) + SECOND, days_ago(1)),
                ("3", days_ago(1), NEVER),
            ],
            id="a rollback that another rollout followed",
        ),
        pytest.param(
            [(5, "1", days_ago(9)), (4, "2", days_ago(4)), (3, "3", days_ago(2))],
            "1",
            [
                ("1", days_ago(9), days_ago(4)),
                ("2", days_ago(4), days_ago(2)),
                ("3", days_ago(2), days_ago(2) + SECOND),
                ("2", days_ago(2) + SECOND, days_ago(2) + 2 * SECOND),
                ("1", days_ago(2) + 2 * SECOND, NEVER),
            ],
            id="two rollbacks, one after the other",
        ),
        pytest.param(
            [(1, "1", days_ago(9))],
            "2",
            [("1", days_ago(9), NOW), ("2", NOW, NEVER)],
            id="an image that no revision holds yet",
        ),
        pytest.param([], "2", [("2", NOW, NEVER)], id="no revision at all"),
        pytest.param(
            [(1, "1", days_ago(4)), (2, "2", days_ago(4))],
            "2",
            [("2", days_ago(4), NEVER)],
            id="two within one second",
        ),
        pytest.param(
            [(1, "1", days_ago(4)), (2, "2", NOW + timedelta(minutes=1))],
            "2",
            [("1", days_ago(4), NOW), ("2", NOW, NEVER)],
            id="a cluster whose clock runs ahead",
        ),
        pytest.param(
            [(1, "1", days_ago(4)), (2, "2", NOW), (3, "1", days_ago(2))],
            "1",
            [("1", days_ago(4), NEVER)],
            id="a rollback in the very second of the read",
        ),
    ],
)
def test_revisions_tell_the_history_of_a_container(
    revisions: list[tuple[int, str, datetime]],
    wanted: str,
    expected: list[tuple[str, datetime, datetime | None]],
) -> None:
    found = rollouts_from_revisions(
        [revision(number, f"{API}:{tag}", at) for number, tag, at in revisions],
        [read(NOW, f"{API}:{wanted}", "build")],
    )

    assert [(r.image, r.started_at, r.ended_at) for r in found] == [
        (f"{API}:{tag}", started_at, ended_at) for tag, started_at, ended_at in expected
    ]


def test_history_from_revisions_has_only_current_readiness_and_digests() -> None:
    old, new = rollouts_from_revisions(
        [revision(1, f"{API}:1", days_ago(9)), revision(2, f"{API}:2", days_ago(4))],
        [read(NOW, f"{API}:2", "b")],
    )

    assert old.source is new.source is RolloutSource.REVISION
    assert (old.digests, old.ready_at) == ((), None)
    assert (new.digests, new.ready_at) == (ids("b"), NOW)


def test_an_image_without_revision_is_observed() -> None:
    [old, new] = rollouts_from_revisions(
        [revision(1, f"{API}:1", days_ago(9))], [read(NOW, f"{API}:2", "b")]
    )

    assert (old.source, new.source) == (RolloutSource.REVISION, RolloutSource.OBSERVED)


def test_each_container_of_a_workload_has_its_own_history() -> None:
    api = read(NOW, f"{API}:2", "b")
    proxy = replace(api, container="proxy", image="r.io/proxy:1")
    both = ((1, "1", "1"), (2, "2", "1"))

    found = rollouts_from_revisions(
        [
            revision(
                number,
                "",
                days_ago(10 - number),
                images=(
                    ("api", ContainerRole.MAIN, f"{API}:{a}"),
                    ("proxy", ContainerRole.MAIN, f"r.io/proxy:{p}"),
                ),
            )
            for number, a, p in both
        ],
        [api, proxy],
    )

    assert [(r.key.container, r.started_at) for r in found] == [
        ("api", days_ago(9)),
        ("api", days_ago(8)),
        ("proxy", days_ago(9)),
    ]


def test_revisions_of_other_workloads_and_roles_are_not_mixed_in() -> None:
    others = [
        revision(1, f"{API}:1", days_ago(9), cluster="stg"),
        revision(2, f"{API}:1", days_ago(8), namespace="other"),
        revision(3, f"{API}:1", days_ago(7), kind=WorkloadKind.STATEFUL_SET),
        revision(4, f"{API}:1", days_ago(6), workload="api-2"),
        revision(5, f"{API}:1", days_ago(5), container="other"),
        revision(6, "", days_ago(5), images=(("api", ContainerRole.INIT, f"{API}:1"),)),
    ]

    [found] = rollouts_from_revisions(others, [read(NOW, f"{API}:1", "a")])

    assert (found.started_at, found.source) == (NOW, RolloutSource.OBSERVED)


def test_an_argo_rollouts_canary_is_no_part_of_its_history() -> None:
    kind = WorkloadKind.ROLLOUT
    found = rollouts_from_revisions(
        [
            revision(1, f"{API}:1", days_ago(9), kind=kind),
            revision(2, f"{API}:2", days_ago(4), kind=kind),
            revision(3, f"{API}:3", days_ago(1), kind=kind),
        ],
        [read(NOW, f"{API}:2", "b", kind=kind)],
    )

    assert [(r.image, r.ended_at) for r in found] == [
        (f"{API}:1", days_ago(4)),
        (f"{API}:2", None),
    ]


revisions_of_one = st.lists(
    st.tuples(
        st.sampled_from("123"),
        st.datetimes(datetime(2026, 11, 1), datetime(2026, 11, 21), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis wants bounds without zone
    ),
    max_size=8,
)


@given(revisions_of_one, st.sampled_from("123"), st.sampled_from([*WorkloadKind]))
def test_intervals_from_revisions_follow_each_other_and_end_with_the_requested_image(
    made: Sequence[tuple[str, datetime]], wanted: str, kind: WorkloadKind
) -> None:
    found = rollouts_from_revisions(
        [revision(i, f"{API}:{tag}", at, kind=kind) for i, (tag, at) in enumerate(made)],
        [read(NOW, f"{API}:{wanted}", "b", kind=kind)],
    )

    assert (found[-1].image, found[-1].ended_at) == (f"{API}:{wanted}", None)
    assert all(a.ended_at == b.started_at and a.image != b.image for a, b in pairwise(found))
    assert all(a.started_at < b.started_at <= NOW for a, b in pairwise(found))
