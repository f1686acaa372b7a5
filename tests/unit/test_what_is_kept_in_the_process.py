"""Values by id that a process keeps, so that they are not loaded again."""

from reldash.store.kept import Kept


class _Table:
    """Values to be loaded, and the ids that were asked for."""

    def __init__(self, *ids: str) -> None:
        self.values = {i: f"value of {i}" for i in ids}
        self.asked: list[str] = []

    def load(self, ids: list[str]) -> dict[str, str]:
        self.asked += sorted(ids)
        return {i: self.values[i] for i in ids if i in self.values}


def test_what_is_known_is_not_loaded_again() -> None:
    table, kept = _Table("a", "b", "c"), Kept[str](10)
    kept.of(["a", "b"], table.load)
    found = kept.of(["b", "c"], table.load)
    assert (found["b"], found["c"]) == ("value of b", "value of c")
    assert table.asked == ["a", "b", "c"]


def test_an_id_that_is_asked_for_twice_is_loaded_once() -> None:
    table, kept = _Table("a"), Kept[str](10)
    assert kept.of(["a", "a"], table.load) == {"a": "value of a"}
    assert table.asked == ["a"]


def test_what_is_not_there_is_asked_for_again() -> None:
    table, kept = _Table(), Kept[str](10)
    assert kept.of(["a"], table.load) == {}
    table.values["a"] = "came later"
    assert kept.of(["a"], table.load) == {"a": "came later"}


def test_nothing_is_loaded_when_nothing_is_asked_for() -> None:
    def fail(_: list[str]) -> dict[str, str]:
        raise AssertionError

    assert Kept[str](10).of([], fail) == {}


def test_all_is_forgotten_when_there_would_be_too_much() -> None:
    table, kept = _Table("a", "b", "c"), Kept[str](2)
    kept.of(["a", "b"], table.load)
    found = kept.of(["a", "c"], table.load)
    assert (found["a"], found["c"]) == ("value of a", "value of c")
    kept.of(["c"], table.load)
    kept.of(["a"], table.load)
    assert table.asked == ["a", "b", "c", "a"]


def test_more_than_is_kept_is_still_answered() -> None:
    table, kept = _Table("a", "b", "c"), Kept[str](2)
    assert kept.of("abc", table.load) == table.values
    assert kept.of("abc", table.load) == table.values
    assert table.asked == ["a", "b", "c"] * 2
