"""The words of totals: never that nothing drifts while anything is not fully known."""

import pytest

from reldash.domain.drift.reasons.totals import not_known_words, total_words


@pytest.mark.parametrize(
    ("drifting", "not_known", "words"),
    [
        (0, 0, "0 cells drift"),
        (1, 0, "1 cell drifts"),
        (4, 0, "4 cells drift"),
        (4, 12, "at least 4 cells drift, 12 not fully known"),
        (1, 12, "at least 1 cell drifts, 12 not fully known"),
        (0, 12, "12 of 20 cells not fully known; none of the others drifts"),
        (0, 20, "20 of 20 cells not fully known"),
    ],
)
def test_a_total_is_at_least_so_many_while_anything_is_not_fully_known(
    drifting: int, not_known: int, words: str
) -> None:
    assert total_words(cells=20, drifting=drifting, not_known=not_known) == words


@pytest.mark.parametrize(
    ("drifting", "words"),
    [
        (0, "not known whether anything drifts: not everything was read lately"),
        (2, "at least 2 cells drift: not everything was read lately"),
    ],
)
def test_a_total_without_cells_of_a_cluster_that_was_not_read_says_so(
    drifting: int, words: str
) -> None:
    assert total_words(cells=drifting, drifting=drifting, not_known=0, is_whole=False) == words


def test_cells_that_are_not_fully_known_are_named() -> None:
    assert not_known_words("prod", ["api"]) == "prod: 1 cell not fully known (api)"
    many = [f"service-{number}" for number in range(7)]
    assert not_known_words("prod", many) == (
        "prod: 7 cells not fully known"
        " (service-0, service-1, service-2, service-3, service-4 and 2 more)"
    )
