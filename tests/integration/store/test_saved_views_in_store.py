"""Saved views belong to their owner, can be shared, and are deleted with the owner."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from reldash.domain.accounts import Role
from reldash.domain.saved_views import LONGEST_NAME, MOST_VIEWS, SavedViewError, parse_view_name
from reldash.store import Store
from tests.integration.sessions import ADMIN, VIEWER, accounts_of, add_user

QUERY = (("text", "cart <b>"), ("state", "ahead"), ("state", "behind"), ("differs", "true"))


@pytest.fixture
def vera(store: Store) -> str:
    return add_user(accounts_of(store))


@pytest.fixture
def ada(store: Store) -> str:
    return add_user(accounts_of(store), ADMIN, Role.ADMIN)


def names(store: Store, user: str) -> list[str]:
    return [view.name for view in store.saved_views.load(user)]


def test_a_view_comes_back_as_it_was_saved_in_another_process(
    store: Store, database_url: str, vera: str
) -> None:
    store.saved_views.add(vera, "Mine", "platform", QUERY, shared=False)
    with closing(Store.open(database_url)) as other:
        (view,) = other.saved_views.load(vera)
    assert (view.name, view.dashboard, view.query) == ("Mine", "platform", QUERY)
    assert (view.owner, view.is_own, view.is_shared) == ("vera", True, False)


def test_a_view_of_the_inventory_has_no_dashboard(store: Store, vera: str) -> None:
    store.saved_views.add(vera, "All", None, (), shared=False)
    (view,) = store.saved_views.load(vera)
    assert (view.dashboard, view.query) == (None, ())


def test_a_view_is_private_until_it_is_shared(store: Store, vera: str, ada: str) -> None:
    store.saved_views.add(vera, "Mine", "platform", QUERY, shared=False)
    assert names(store, ada) == []
    (mine,) = store.saved_views.load(vera)
    store.saved_views.change(vera, mine.id, "Ours", shared=True)
    (theirs,) = store.saved_views.load(ada)
    assert (theirs.name, theirs.owner, theirs.is_own) == ("Ours", "vera", False)


def test_views_stand_by_name_whatever_their_case(store: Store, vera: str) -> None:
    for name in ("b", "A", "c", "B"):
        store.saved_views.add(vera, name, None, (), shared=False)
    assert names(store, vera) == ["A", "B", "b", "c"]


def test_a_name_stands_for_one_view_of_a_user(store: Store, vera: str, ada: str) -> None:
    store.saved_views.add(vera, "Same", "platform", (), shared=False)
    store.saved_views.add(ada, "Same", "platform", (), shared=False)
    with pytest.raises(SavedViewError, match="Name taken"):
        store.saved_views.add(vera, "Same", None, QUERY, shared=True)
    store.saved_views.add(vera, "Other", None, (), shared=False)
    other = next(view for view in store.saved_views.load(vera) if view.name == "Other")
    with pytest.raises(SavedViewError, match="Name taken"):
        store.saved_views.change(vera, other.id, "Same", shared=False)
    store.saved_views.change(vera, other.id, "Other", shared=True)  # its own name is no other's


def test_only_the_owner_changes_or_deletes_a_view(store: Store, vera: str, ada: str) -> None:
    store.saved_views.add(vera, "Mine", "platform", (), shared=True)
    (view,) = store.saved_views.load(vera)
    with pytest.raises(SavedViewError, match="somebody else's"):
        store.saved_views.change(ada, view.id, "Hers", shared=False)
    assert not store.saved_views.delete(ada, view.id, any_shared=False)
    assert store.saved_views.load(vera) == [view]


def test_administrators_delete_shared_views_but_no_other_ones(
    store: Store, vera: str, ada: str
) -> None:
    store.saved_views.add(vera, "Mine", "platform", (), shared=False)
    (view,) = store.saved_views.load(vera)
    assert not store.saved_views.delete(ada, view.id, any_shared=True)
    store.saved_views.change(vera, view.id, "Mine", shared=True)
    assert store.saved_views.delete(ada, view.id, any_shared=True)
    assert not store.saved_views.delete(vera, view.id, any_shared=False)
    assert names(store, vera) == []


def test_views_go_with_their_user(store: Store, vera: str, ada: str) -> None:
    store.saved_views.add(vera, "Ours", "platform", (), shared=True)
    with store._transaction() as connection:  # noqa: SLF001 - no part of the program deletes users
        connection.exec_driver_sql("DELETE FROM users WHERE email = %s", (VIEWER,))
    assert names(store, ada) == []


def test_a_user_has_so_many_views_and_no_more_however_they_are_added(
    store: Store, database_url: str, vera: str, ada: str
) -> None:
    for number in range(MOST_VIEWS - 2):
        store.saved_views.add(vera, f"View {number}", None, (), shared=False)

    def add(number: int) -> bool:
        with closing(Store.open(database_url)) as other:
            try:
                other.saved_views.add(vera, f"More {number}", None, (), shared=False)
            except SavedViewError as error:
                assert error.title == "Too many saved views"  # noqa: PT017 - of some of them
                return False
            return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(add, range(6))) == 2
    assert len(store.saved_views.load(vera)) == MOST_VIEWS
    store.saved_views.add(ada, "Hers", None, (), shared=False)


def test_a_query_of_endless_length_is_refused(store: Store, vera: str) -> None:
    query = [("cluster", f"{'x' * 50}{number}") for number in range(500)]
    with pytest.raises(SavedViewError, match="Too much to save"):
        store.saved_views.add(vera, "Long", None, query, shared=False)


@pytest.mark.parametrize(
    "name",
    ["<b>&amp;", "'; DROP TABLE users; --", "\u202eabc", "🚀" * LONGEST_NAME, "a\x00b\ud800"],
)
def test_any_text_is_a_name(store: Store, vera: str, name: str) -> None:
    store.saved_views.add(vera, parse_view_name(name), None, (), shared=False)
    expected = name.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
    assert names(store, vera) == [expected]


@pytest.mark.parametrize(("text", "name"), [("  a \t b\n", "a b"), ("x" * 80, "x" * 80)])
def test_a_name_is_what_can_be_read_of_it(text: str, name: str) -> None:
    assert parse_view_name(text) == name


@pytest.mark.parametrize("text", ["", " \t\n", "x" * 81])
def test_empty_and_long_names_are_rejected(text: str) -> None:
    with pytest.raises(SavedViewError):
        parse_view_name(text)


def test_a_deleted_user_saves_no_view(store: Store) -> None:
    nobody = "00000000-0000-0000-0000-000000000000"
    with pytest.raises(SavedViewError, match="gone"):
        store.saved_views.add(nobody, "x", None, (), shared=False)
