"""Values by id that a process keeps, so that they are not loaded again."""

import pytest

from reldash.store.history.bounded_cache import BoundedCache


class _Table:
    """Values to be loaded, and the ids that were asked for."""

    def __init__(self, *ids: bytes) -> None:
        self.values = {i: f"value of {i!r}" for i in ids}
        self.asked: list[bytes] = []

    def load(self, ids: list[bytes]) -> dict[bytes, str]:
        self.asked += sorted(ids)
        return {i: self.values[i] for i in ids if i in self.values}


def test_values_come_in_the_order_of_their_ids() -> None:
    table, kept = _Table(b"a", b"b"), BoundedCache[str](10)
    found = kept.get_all([b"b", b"a", b"b"], table.load)
    assert found == ["value of b'b'", "value of b'a'", "value of b'b'"]


def test_what_is_known_is_not_loaded_again() -> None:
    table, kept = _Table(b"a", b"b", b"c"), BoundedCache[str](10)
    kept.get_all([b"a", b"b"], table.load)
    assert kept.get_all([b"b", b"c"], table.load) == ["value of b'b'", "value of b'c'"]
    assert table.asked == [b"a", b"b", b"c"]


def test_a_repeated_id_is_loaded_once() -> None:
    table, kept = _Table(b"a"), BoundedCache[str](10)
    kept.get_all([b"a", b"a"], table.load)
    assert table.asked == [b"a"]


def test_a_missing_value_is_an_error_and_loaded_again_next_time() -> None:
    table, kept = _Table(), BoundedCache[str](10)
    with pytest.raises(KeyError):
        kept.get_all([b"a"], table.load)
    table.values[b"a"] = "came later"
    assert kept.get_all([b"a"], table.load) == ["came later"]


def test_without_ids_nothing_is_loaded() -> None:
    table = _Table()
    assert BoundedCache[str](10).get_all([], table.load) == []
    assert table.asked == []


def test_all_is_forgotten_when_there_would_be_too_much() -> None:
    table, kept = _Table(b"a", b"b", b"c"), BoundedCache[str](2)
    kept.get_all([b"a", b"b"], table.load)
    assert kept.get_all([b"a", b"c"], table.load) == ["value of b'a'", "value of b'c'"]
    kept.get_all([b"c"], table.load)
    kept.get_all([b"a"], table.load)
    assert table.asked == [b"a", b"b", b"c", b"a"]


def test_more_ids_than_the_limit_are_still_loaded() -> None:
    table, kept = _Table(b"a", b"b", b"c"), BoundedCache[str](2)
    every = [b"a", b"b", b"c"]
    assert kept.get_all(every, table.load) == list(table.values.values())
    assert kept.get_all(every, table.load) == list(table.values.values())
    assert table.asked == every * 2
