"""Views are held for everybody: the held ones are served while the next are made."""

import threading
from datetime import datetime, timedelta

import pytest

from reldash.domain.fleet.choices import ChoiceError
from reldash.errors import StoreError
from reldash.services.view_cache import MAX_MINUTES, REQUESTED_MINUTES, Tick, ViewCache
from tests.integration.waiting import wait_for
from tests.unit.builders import NOW


class Slow:
    """Makes "view of REVISION", for revisions after the first only once it is let."""

    def __init__(self) -> None:
        self.let = threading.Event()
        self.made: list[int] = []
        self.error: Exception | None = None

    def __call__(self, tick: Tick) -> str:
        if tick.revision > 1:
            assert self.let.wait(10)
            if self.error:
                raise self.error
        self.made.append(tick.revision)
        return f"view of {tick.revision}"


@pytest.fixture
def views() -> ViewCache:
    return ViewCache()


def test_what_is_held_is_served_until_the_next_is_made(views: ViewCache) -> None:
    make = Slow()
    assert views.get("view", make, views.tick((1, 0), NOW)) == "view of 1"
    while_it_is_made = views.tick((2, 0), NOW)
    assert views.get("view", make, while_it_is_made) == "view of 1"
    make.let.set()
    wait_for(lambda: views.tick((2, 0), NOW).revision == 2)
    assert views.get("view", make, views.tick((2, 0), NOW)) == "view of 2"
    assert views.get("view", make, while_it_is_made) == "view of 1"  # a run that began before
    assert make.made == [1, 2]


def at_revision(views: ViewCache, revision: int, now: datetime = NOW) -> Tick:
    """The tick of a revision, once its views are made."""
    wait_for(lambda: views.tick((revision, 0), now).revision == revision)
    return views.tick((revision, 0), now)


def test_a_view_is_made_ahead_though_nobody_asked_under_the_last_tick(views: ViewCache) -> None:
    make = Slow()
    make.let.set()
    views.get("view", make, at_revision(views, 1))
    for revision in (2, 3, 4):
        at_revision(views, revision)
    assert make.made == [1, 2, 3, 4]


def test_what_nobody_asked_for_in_a_while_is_not_made_again(views: ViewCache) -> None:
    make, other = Slow(), Slow()
    make.let.set()
    other.let.set()
    first = at_revision(views, 1)
    views.get("view", make, first)
    views.get("other", other, first)
    views.get("view", make, at_revision(views, 2, NOW + timedelta(minutes=REQUESTED_MINUTES)))
    at_revision(views, 3, NOW + timedelta(minutes=REQUESTED_MINUTES + 1))
    assert make.made == [1, 2, 3]
    assert other.made == [1, 2]


def test_many_askers_at_once_cost_one_view(views: ViewCache) -> None:
    make, tick = Slow(), views.tick((1, 0), NOW)
    threads = [threading.Thread(target=views.get, args=("view", make, tick)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert make.made == [1]


def test_a_renewal_makes_views_of_the_same_data_again(views: ViewCache) -> None:
    make = Slow()
    views.get("view", make, views.tick((1, 0), NOW))
    views.renew()
    wait_for(lambda: views.tick((1, 0), NOW).renewal == 1)
    assert make.made == [1, 1]


def test_views_of_a_cleared_cache_are_not_served(views: ViewCache) -> None:
    views.get("view", Slow(), views.tick((1, 0), NOW))
    assert views.tick((1, 1), NOW).epoch == 1


@pytest.mark.parametrize(("minutes", "served"), [(MAX_MINUTES, True), (MAX_MINUTES + 1, False)])
def test_views_that_are_too_old_are_not_served(
    views: ViewCache, minutes: int, *, served: bool
) -> None:
    let = threading.Event()

    def make(tick: Tick) -> str:
        assert tick == first or let.wait(10)
        return "view"

    first = views.tick((1, 0), NOW)
    views.get("view", make, first)
    assert (views.tick((1, 0), NOW + timedelta(minutes=minutes)) == first) is served
    let.set()


def test_what_is_held_stays_while_the_database_is_away(views: ViewCache) -> None:
    make = Slow()
    first = views.tick((1, 0), NOW)
    views.get("view", make, first)
    make.error = StoreError("Database away", "refused")
    make.let.set()
    views.tick((2, 0), NOW)
    wait_for(lambda: not any(t.name == "next-views" for t in threading.enumerate()))
    assert views.tick((1, 0), NOW) == first
    make.error = None
    wait_for(lambda: views.tick((2, 0), NOW).revision == 2)


def test_a_view_of_what_is_no_more_holds_up_no_other(views: ViewCache) -> None:
    make, gone = Slow(), Slow()
    first = views.tick((1, 0), NOW)
    views.get("gone", gone, first)
    views.get("view", make, first)
    gone.error = ChoiceError("Unknown baseline", "x")
    gone.let.set()
    make.let.set()
    wait_for(lambda: views.tick((2, 0), NOW).revision == 2)
    assert make.made == [1, 2]
