"""The summary above a comparison never says that nothing differs while anything is unknown."""

import pytest

from reldash.domain.comparison.compare import ComparedRow, Comparison, Difference
from reldash.domain.comparison.sides import Side
from reldash.ui.compare.page import summary_words


def words_of(*differences: Difference, missing: tuple[str, ...] = ()) -> str:
    rows = tuple(
        ComparedRow(f"service-{n}", kind, None, None) for n, kind in enumerate(differences)
    )
    counts = {kind: differences.count(kind) for kind in Difference}
    found = Comparison(Side("stg"), Side("prod"), rows, counts, missing)
    return summary_words(found, len(rows))


@pytest.mark.parametrize(
    ("differences", "missing", "words"),
    [
        ("same", (), "0 of 1 service differ between stg now and prod now"),
        ("newer same", (), "1 of 2 services differs between stg now and prod now"),
        (
            "newer unknown same",
            (),
            "at least 1 of 3 services differs between stg now and prod now, 1 is unknown",
        ),
        (
            "unknown unknown same",
            (),
            "2 of 3 services are unknown between stg now and prod now; none of the others differs",
        ),
        ("unknown", ("us",), "1 of 1 service is unknown between stg now and prod now"),
        (
            "",
            ("us",),
            "not known what differs between stg now and prod now: not everything was read lately",
        ),
    ],
)
def test_the_summary(differences: str, missing: tuple[str, ...], words: str) -> None:
    assert words_of(*map(Difference, differences.split()), missing=missing) == words
