"""Limits on what happens at the same time."""

from reldash.server.concurrency_limit import ConcurrencyLimit


def test_one_owner_gets_so_many_and_no_more() -> None:
    limit = ConcurrencyLimit(most_of_one=2, most=10)
    assert [limit.take("ann") for _ in range(3)] == [True, True, False]
    assert limit.take("ben")


def test_all_together_get_so_many_and_no_more() -> None:
    limit = ConcurrencyLimit(most_of_one=2, most=3)
    assert [limit.take(owner) for owner in ("ann", "ann", "ben", "cy")] == [True, True, True, False]


def test_what_ended_makes_room() -> None:
    limit = ConcurrencyLimit(most_of_one=1, most=1)
    assert limit.take("ann")
    limit.give_back("ann")
    assert limit.take("ann")
