"""The snapshot is loaded once for everybody, and never more often than it is worth."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from reldash.domain.workloads.snapshot import Snapshot
from reldash.services.context import Context
from reldash.services.past import snapshots
from reldash.services.past.snapshots import charge_to_snapshot, load_key, load_snapshot
from tests.integration.clocks import Clock
from tests.integration.pages.conftest import open_context


@pytest.fixture
def context(collected: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Context]:
    """A context of this test's own, which has loaded nothing yet."""
    yield from open_context(monkeypatch, *collected)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(snapshots, "time", found)
    return found


@pytest.fixture
def loads(context: Context, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The revisions that were loaded; each load takes two seconds."""
    found: list[int] = []
    load = context.store.snapshots.load

    def slowly(names: list[str]) -> Snapshot:
        clock.seconds += 2
        found.append(context.store.cache_key.load()[0])
        return load(names)

    monkeypatch.setattr(context.store.snapshots, "load", slowly)
    return found


def move_data(context: Context, patch: pytest.MonkeyPatch, by: int = 1) -> None:
    revision, epoch = context.store.cache_key.load()
    patch.setattr(context.store.cache_key, "load", lambda: (revision + by, epoch))


def test_many_askers_at_once_cost_one_load(context: Context, loads: list[int]) -> None:
    threads = [threading.Thread(target=load_snapshot, args=(context,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loads) == 1


def test_data_that_moves_all_the_time_is_loaded_for_a_part_of_it_only(
    context: Context, loads: list[int], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_snapshot(context)
    before = load_key(context)
    move_data(context, monkeypatch)
    clock.seconds += 9.9
    assert load_key(context) == before
    clock.seconds += 0.2
    assert load_key(context) == (before[0] + 1, before[1])
    load_snapshot(context)
    assert len(loads) == 2


def test_what_views_cost_counts_but_nobody_waits_for_ever(
    context: Context, loads: list[int], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_snapshot(context)
    before = load_key(context)
    with charge_to_snapshot(context):
        clock.seconds += 8
    move_data(context, monkeypatch)
    clock.seconds += 6
    assert load_key(context) == before
    clock.seconds += 2
    assert load_key(context) != before
    assert len(loads) == 1


def test_clearing_the_cache_waits_for_nothing(context: Context, loads: list[int]) -> None:
    load_snapshot(context)
    context.store.cache_key.move_epoch()
    load_snapshot(context)
    assert len(loads) == 2


def test_times_of_reading_are_never_older_than_a_second(
    context: Context, loads: list[int], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = load_snapshot(context)
    monkeypatch.setattr(context.store.snapshots, "refresh", lambda held: replace(held, statuses={}))
    clock.seconds += 0.9
    assert load_snapshot(context) is first
    clock.seconds += 0.2
    assert load_snapshot(context).statuses == {}
    assert len(loads) == 1
