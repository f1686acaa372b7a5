"""Changes are new to a user if the overview did not show them during the last visit."""

from datetime import timedelta

import pytest

from reldash.store import Store
from tests.integration.sessions import accounts_of, add_user
from tests.unit.builders import NOW

HOUR = timedelta(hours=1)
AT_ONCE = timedelta(seconds=-1)  # a pause that is over as soon as it began


@pytest.fixture
def vera(store: Store) -> str:
    return add_user(accounts_of(store))


def test_during_the_first_visit_there_is_no_last_visit(store: Store, vera: str) -> None:
    looks = store.last_visits
    assert looks.load(vera) is None
    looks.save(vera, NOW)
    looks.save(vera, NOW + HOUR)
    assert looks.load(vera) is None


def test_after_a_visit_the_data_it_showed_is_no_longer_new(store: Store, vera: str) -> None:
    looks = store.last_visits
    looks.save(vera, NOW)
    looks.save(vera, NOW + HOUR)
    assert looks.load(vera, pause=AT_ONCE) == NOW + HOUR


def test_changes_stay_new_during_a_visit(store: Store, vera: str) -> None:
    looks = store.last_visits
    looks.save(vera, NOW)
    looks.save(vera, NOW + HOUR, pause=AT_ONCE)  # a second look, which shows what came since
    looks.save(vera, NOW + 2 * HOUR)
    assert looks.load(vera) == NOW
    assert looks.load(vera, pause=AT_ONCE) == NOW + 2 * HOUR


def test_loading_the_last_visit_changes_nothing(store: Store, vera: str) -> None:
    looks = store.last_visits
    looks.save(vera, NOW)
    for _ in range(3):
        assert looks.load(vera, pause=AT_ONCE) == NOW
    assert looks.load(vera) is None


def test_a_page_with_older_data_makes_nothing_new_again(store: Store, vera: str) -> None:
    looks = store.last_visits
    looks.save(vera, NOW + HOUR)
    looks.save(vera, NOW)
    assert looks.load(vera, pause=AT_ONCE) == NOW + HOUR


def test_what_is_marked_as_seen_is_no_news_any_more(store: Store, vera: str) -> None:
    looks = store.last_visits
    looks.save(vera, NOW)
    looks.save(vera, NOW + HOUR, pause=AT_ONCE)
    looks.mark(vera, NOW + HOUR)
    assert looks.load(vera) == NOW + HOUR


def test_a_first_visit_can_be_marked_as_seen(store: Store, vera: str) -> None:
    store.last_visits.mark(vera, NOW)
    assert store.last_visits.load(vera) == NOW


def test_visits_of_users_are_independent(store: Store, vera: str) -> None:
    other = add_user(accounts_of(store), "otto@example.com")
    store.last_visits.save(vera, NOW)
    assert store.last_visits.load(other, pause=AT_ONCE) is None
