"""One method orders all live versions of a service: the first that covers them."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reldash.domain.versions.order import Order, choose_order

START = datetime(2026, 11, 1, tzinfo=UTC)


def days(**at: int) -> dict[str, datetime]:
    """Times by version text, in days from the start."""
    return {text: START + timedelta(days=day) for text, day in at.items()}


@pytest.mark.parametrize(
    ("versions", "method"),
    [
        (["1.4.2", "1.5.0-rc.1", "v1.4.2-hotfix.1"], "semver"),
        (["1.4.2-alpine", "1.4.3"], "semver"),
        (["2026.11.23", "20261124.1"], "date"),
        (["main-142-abc1234", "main-143-def5678"], "counter"),
        (["142", "143"], "counter"),
        (["1.4.2"], "semver"),
        # Nothing covers what is mixed, or has no order.
        (["1.4.2", "2026.11.23"], ""),
        (["1.4.2", "142"], ""),
        (["142", "build-143"], ""),
        (["2026.11.23", "142"], ""),
        (["1.4.2", "abc1234"], ""),
        (["1.4.2", "latest"], ""),
        (["abc1234", "def5678"], ""),
        (["20261122", "20261123"], ""),
        (["abc1234"], ""),
        ([], ""),
    ],
)
def test_the_text_decides_where_it_covers_all(versions: list[str], method: str) -> None:
    assert choose_order(versions).method == method


def test_push_time_comes_after_text_and_before_first_rollout() -> None:
    pushed, rolled = days(abc1234=2, def5678=1), days(abc1234=1, def5678=2)
    order = choose_order(pushed, pushed_at=pushed.get, first_rollout_at=rolled.get)
    assert order.method == "push time"
    assert order.compare("def5678", "abc1234") == -1


def test_the_first_rollout_decides_where_a_push_time_is_missing() -> None:
    pushed, rolled = days(abc1234=2), days(abc1234=1, def5678=2)
    order = choose_order(rolled, pushed_at=pushed.get, first_rollout_at=rolled.get)
    assert order.method == "first rollout"
    assert order.compare("def5678", "abc1234") == 1


def test_a_time_missing_everywhere_leaves_nothing_comparable() -> None:
    known = days(abc1234=1)
    order = choose_order(["abc1234", "def5678"], pushed_at=known.get, first_rollout_at=known.get)
    assert (order.method, order.compare("abc1234", "def5678")) == ("", None)


def test_times_are_not_looked_up_if_the_text_decides() -> None:
    lookups: list[str] = []
    assert choose_order(["1.4.2", "1.4.3"], pushed_at=lookups.append).method == "semver"
    assert lookups == []


def test_one_method_serves_every_pair() -> None:
    """By text 1.4.2 is the older, by time the newer: with a commit among them, time decides."""
    times = {**days(abc1234=2), "1.4.2": START + timedelta(days=3), "1.4.3": START}
    order = choose_order(times, first_rollout_at=times.get)
    assert order.method == "first rollout"
    assert order.compare("1.4.2", "1.4.3") == 1
    assert order.compare("1.4.2", "abc1234") == 1


def test_versions_that_differ_only_by_commit_are_ordered_by_time() -> None:
    times = {"0.20.1-b524415": START, "0.20.1-a111111": START + timedelta(days=1)}
    order = choose_order(times, first_rollout_at=times.get)
    assert order.method == "first rollout"
    assert order.compare("0.20.1-b524415", "0.20.1-a111111") == -1


def test_versions_that_differ_only_by_commit_keep_their_numbers_without_a_time() -> None:
    order = choose_order(["0.20.1-b524415", "0.20.1-c634526", "0.20.2"])
    assert order.method == "semver"
    assert order.compare("0.20.1-b524415", "0.20.1-c634526") is None
    assert order.compare("0.20.1-b524415", "0.20.2") == -1


def test_variants_need_no_time_since_they_are_never_compared() -> None:
    times = {"1.4.2": START, "1.4.2-alpine": START, "1.4.3-alpine": START + timedelta(days=1)}
    assert choose_order(times, first_rollout_at=times.get).method == "semver"


def test_if_no_method_orders_all_the_first_that_applies_is_used() -> None:
    times = {"0.20.1-b524415": START, "0.20.1-c634526": START}
    assert choose_order(times, pushed_at=times.get, first_rollout_at=times.get).method == "semver"


def test_variants_are_not_compared_by_time_either() -> None:
    times = {"abc1234-alpine": START, "def5678-slim": START + timedelta(days=1)}
    order = choose_order(times, pushed_at=times.get)
    assert (order.method, order.compare(*times)) == ("push time", None)


def test_equal_times_leave_versions_incomparable() -> None:
    times = days(abc1234=1, def5678=1)
    assert choose_order(times, pushed_at=times.get).compare("abc1234", "def5678") is None


def test_one_version_written_in_two_ways_has_the_earlier_time() -> None:
    times = {**days(abc1234=1, def5678=2), "sha-abc1234": START + timedelta(days=3)}
    order = choose_order(times, pushed_at=times.get)
    assert order.compare("abc1234", "sha-abc1234") == 0
    assert order.compare("sha-abc1234", "def5678") == -1


def test_a_version_that_is_no_longer_live_has_its_own_time() -> None:
    times = days(abc1234=1, def5678=2, fff9999=3)
    order = choose_order(["abc1234", "fff9999"], pushed_at=times.get)
    assert order.compare("def5678", "fff9999") == -1
    assert order.compare("unheard", "fff9999") is None


LIVE = [
    *("1.4.2", "v1.4.2", "1.4.3", "1.4.3-rc.1", "1.4.2-hotfix.1", "1.4.2-post.1", "1.4.3-alpine"),
    *("1.4.2-abc1234", "1.4.2-def5678", "2026.11.23", "2026-11-23", "20261123.1", "142", "143"),
    *("main-142-abc1234", "abc1234", "sha-abc1234", "def5678", "20261123", "latest", ""),
]
TIMES = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(LIVE, st.integers(0, 4).map(lambda day: START + timedelta(day)))
)


@settings(deadline=None)
@given(st.lists(st.sampled_from(LIVE), unique=True, max_size=8), TIMES, TIMES)
def test_whatever_the_method_there_are_no_cycles(
    live: list[str], pushed: dict[str, datetime], rolled: dict[str, datetime]
) -> None:
    order = choose_order(live, pushed_at=pushed.get, first_rollout_at=rolled.get)
    for a, b in product(live, repeat=2):
        there, back = order.compare(a, b), order.compare(b, a)
        assert back == (None if there is None else -there)
        for c in live:
            beyond = order.compare(b, c)
            if there is not None and beyond is not None and max(there, beyond) <= 0:
                assert order.compare(a, c) == min(there, beyond)


@settings(deadline=None)
@given(st.permutations(LIVE), TIMES)
def test_the_method_does_not_depend_on_the_order_of_arrival(
    live: list[str], pushed: dict[str, datetime]
) -> None:
    some = live[:4]
    forward = choose_order(some, pushed_at=pushed.get)
    backward = choose_order(reversed(some), pushed_at=pushed.get)
    assert forward.method == backward.method
    assert forward.times == backward.times


SEEN = ["1.4.0", "1.4.1", "v1.4.1", "1.4.2-rc.1", "1.4.2", "1.4.2-alpine", "abc1234", "1.5.0"]


@pytest.mark.parametrize(
    ("older", "newer", "lag"),
    [
        ("1.4.1", "1.4.2", (0, 0, 1, 2)),
        ("1.4.0", "1.4.2", (0, 0, 2, 3)),
        ("1.4.2-rc.1", "1.4.2", (0, 0, 0, 1)),
        ("1.4.2", "1.5.0", (0, 1, 0, 1)),
        ("1.4", "3.0.0", (2, 0, 0, 5)),
        ("1.4.2", "1.4.2.3", (0, 0, 0, 1)),
        ("1.4.9", "1.12", (0, 8, 0, 2)),
        ("1.4.2", "v1.4.2", (0, 0, 0, 0)),
        ("1.5.0", "1.4.2", (0, 0, 0, None)),
        ("1.4.2", "1.5.0-alpine", (0, 0, 0, None)),
        ("1.4.2", "abc1234", (0, 0, 0, None)),
    ],
)
def test_lag_is_the_first_number_that_differs_and_the_versions_between(
    older: str, newer: str, lag: tuple[int, int, int, int | None]
) -> None:
    assert choose_order(["1.4.1", "1.5.0"]).lag(older, newer, SEEN) == lag


def test_lag_of_dates_counts_versions_only() -> None:
    order = choose_order(["2025.11.22", "2026.11.23"])
    seen = ["2025.11.22", "2026.11.22", "2026-11-22", "2026.11.23", "2026.11.24"]
    assert order.lag("2025.11.22", "2026.11.23", seen) == (0, 0, 0, 2)


def test_lag_by_time_counts_versions_only() -> None:
    times = {"1.4.2": START, "abc1234": START + timedelta(1), "2.0.0": START + timedelta(2)}
    order = choose_order(times, first_rollout_at=times.get)
    assert order.lag("1.4.2", "2.0.0", times) == (0, 0, 0, 2)


def test_without_a_method_there_is_no_lag() -> None:
    assert Order().lag("1.4.2", "1.4.3", []) == (0, 0, 0, None)
