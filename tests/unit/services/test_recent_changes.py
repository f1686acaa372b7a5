"""Changes as news: the same change in several places is one."""

from dataclasses import replace
from datetime import timedelta

from reldash.domain.history.changes import Change, ChangeKind
from reldash.domain.workloads.observations import RolloutSource
from reldash.services.reports.recent_changes import merge_waves
from tests.unit.builders import NOW

HOUR = timedelta(hours=1)


def change(hours: float = 0, **fields: object) -> Change:
    base = Change(
        at=NOW - hours * HOUR,
        service="cart",
        environment="prod",
        customer=None,
        cluster="eu",
        namespace="shop",
        workload="cart",
        container="cart",
        before="1.0",
        after="1.1",
        kind=ChangeKind.CHANGED,
        source=RolloutSource.OBSERVED,
    )
    return replace(base, **fields)  # type: ignore[arg-type]


def test_a_wave_over_several_places_is_one_piece_of_news() -> None:
    found = [change(0, cluster="us"), change(1, customer="acme"), change(5, customer="acme")]
    (news,) = merge_waves("platform", found)
    assert (news.at, news.first_at, news.places) == (NOW, NOW - 5 * HOUR, 3)
    assert news.customers == ("", "acme")
    assert (news.dashboard, news.service, news.before, news.after) == (
        "platform",
        "cart",
        "1.0",
        "1.1",
    )


def test_the_same_change_much_later_is_news_again() -> None:
    assert [n.places for n in merge_waves("p", [change(0), change(1), change(9)])] == [2, 1]


def test_changes_that_differ_in_anything_are_not_one() -> None:
    found = [
        change(),
        change(service="till"),
        change(environment="stg"),
        change(before="0.9"),
        change(after="1.2"),
        change(kind=ChangeKind.ROLLBACK),
    ]
    assert [n.places for n in merge_waves("p", found)] == [1] * 6


def test_what_is_known_of_one_place_is_said_of_all() -> None:
    found = [change(), change(1, approximate=True), change(2, freeze="Christmas")]
    (news,) = merge_waves("p", found)
    assert (news.approximate, news.freeze) == (True, "Christmas")


def test_news_stand_in_the_order_of_their_last_place() -> None:
    found = [change(0), change(1, service="till"), change(2)]
    assert [n.service for n in merge_waves("p", found)] == ["cart", "till"]
