"""Dates and times in tags: which are found, and how tags with them are ordered."""

from itertools import combinations

import pytest

from reldash.domain.versions.tag_dates import find_stamps
from reldash.domain.versions.tag_order import compare_tags
from reldash.domain.versions.tag_parts import Kind
from reldash.domain.versions.tag_reading import read_tag


def compare(a: str, b: str) -> int | None:
    return compare_tags(read_tag(a), read_tag(b)).result


@pytest.mark.parametrize(
    ("text", "numbers", "form"),
    [
        *(("2026-11-23", (2026, 11, 23), "day"), ("2026_11_23", (2026, 11, 23), "day")),
        *(("20261123", (2026, 11, 23), "day"), ("2026.11.23", (2026, 11, 23), "day")),
        *(("2026.1.3", (2026, 1, 3), "day"), ("2026-1-3", (2026, 1, 3), "day")),
        *(("2026.11", (2026, 11), "dotted"), ("2026.2.30", (2026, 2, 30), "dotted")),
        ("2026.9.20.123", (2026, 9, 20, 123), "dotted"),
        *(("2026-11", (2026, 11), "month"), ("release-2026-09", (2026, 9), "month")),
        *(
            ("2026-w45", (2026, 45), "week"),
            ("2026w5", (2026, 5), "week"),
            ("2026.w5", (2026, 5), "week"),
        ),
        *(
            ("20261123.4", (2026, 11, 23, 4), "day.3"),
            ("2026-11-23-12", (2026, 11, 23, 12), "day-3"),
        ),
        ("2026.11.23-2", (2026, 11, 23, 2), "day-3"),
        ("20261123-142530", (2026, 11, 23, 142530), "day-6"),
        ("20261123142530-abc1234", (2026, 11, 23, 14, 25, 30), "day6"),
        ("abc1234-202611231425", (2026, 11, 23, 14, 25), "day4"),
        ("20261123t142530z", (2026, 11, 23, 142530), "dayt6"),
        ("2026-11-23t14-25-30z", (2026, 11, 23, 14, 25, 30), "dayt3-3-3"),
        ("202611231425", (2026, 11, 23, 14, 25), "day4"),
        ("20261123142530", (2026, 11, 23, 14, 25, 30), "day6"),
        ("20261123142530123", (2026, 11, 23, 14, 25, 30, 123), "day9"),
        ("20261123b", (2026, 11, 23, ord("b")), "daya"),
        ("1730898765", (2024, 11, 6, 13, 12, 45, 0), "epoch"),
        ("1730898765123", (2024, 11, 6, 13, 12, 45, 123), "epoch"),
        ("main-abc1234-1730898765", (2024, 11, 6, 13, 12, 45, 0), "epoch"),
        *(("build20261123", (2026, 11, 23), "day"), ("v20261123", (2026, 11, 23), "day")),
        *(("nightly.20261123", (2026, 11, 23), "day"), ("r2026.11.23", (2026, 11, 23), "day")),
        ("20160229", (2016, 2, 29), "day"),
    ],
)
def test_a_date_is_found_with_its_numbers_and_form(
    text: str, numbers: tuple[int, ...], form: str
) -> None:
    [stamp] = find_stamps(text)
    assert (stamp.numbers, stamp.form) == (numbers, form)


@pytest.mark.parametrize(
    "text",
    [
        *("1.4.2", "20261323", "20260230", "20170229", "19000101", "21000101", "2026", "202611"),
        *("2026-13", "2026-00", "2026-w54", "2026-w0", "12026-11-23", "1.20261123"),
        *("20261123256060", "0730898765", "2730898765", "1730898765-1", "b1730898765", ""),
    ],
)
def test_other_numbers_are_no_date(text: str) -> None:
    assert find_stamps(text) == []


def test_several_dates_are_found_from_left_to_right_and_never_overlap() -> None:
    found = find_stamps("2026-11-23-build20261124-1730898765")
    assert [stamp.numbers[:3] for stamp in found] == [(2026, 11, 23), (2026, 11, 24), (2024, 11, 6)]
    assert all(one.end <= other.start for one, other in combinations(found, 2))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        *(
            ("20261123", Kind.DATED),
            ("20261123-abc1234", Kind.DATED),
            ("noble-20261123", Kind.DATED),
        ),
        *(("2026.11.0", Kind.DATED), ("2026.2.30", Kind.DATED), ("1730898765", Kind.DATED)),
        *(("2026", Kind.NUMBERED), ("24.11.05", Kind.NUMBERED), ("24.04", Kind.NUMBERED)),
        *(("23112026", Kind.COMMIT), ("20261323", Kind.COMMIT), ("build-12345678", Kind.COMMIT)),
        *(("1.4.2-20261123", Kind.NUMBERED), ("20261123-1.4.2", Kind.DATED)),
    ],
)
def test_a_tag_is_dated_where_its_first_number_is_a_date(text: str, kind: Kind) -> None:
    assert read_tag(text).kind is kind


@pytest.mark.parametrize(
    "ascending",
    [
        ["2025.12.31", "2026-01-01", "2026.1.2", "20260103.1", "2026.11.3", "2026.11.23"],
        ["2026.11.23", "2026.11.23-1", "2026-11-23-10", "2026.11.24"],
        ["20261123", "20261123.1", "20261123.9", "20261123.10", "20261123.100", "20261124"],
        ["20261123-090000", "20261123-142530-abc1234", "20261124-080000"],
        ["20211001T060636", "20211101T060636", "20211101T060637"],
        ["RELEASE.2024-11-07T00-52-20Z", "RELEASE.2025-01-20T14-49-07Z"],
        ["2026.11", "2026.11.1", "2026.11.2", "2026.12.0b3", "2026.12.0"],
        ["2026.11.23-rc.1", "2026.11.23", "2026.11.23-hotfix.1", "2026.11.24"],
        ["2026.9.20", "2026.9.20.99", "2026.9.20.123", "2026.9.21"],
        ["nightly-20261122", "nightly-20261123"],
        ["abc1234-20261122", "1234567-20261123", "142abcd-2026-11-24"],
        ["main-202611231425", "main-202611231426", "main-202611241425"],
        ["2026-W9", "2026-W45", "2027-W1"],
        ["20261123a", "20261123b", "20261124a"],
        ["20261122", "20261123", "20261201"],
        ["1730812345", "1730898765"],
        ["main-abc1234-1637700000", "main-1234567-1637700001"],
        ["202004281710-bbbbbbb-v1.0.0", "202004281735-ccccccc-v1.0.0"],
        ["20241104-1.4.1", "20241105-1.4.2"],
    ],
)
def test_dates_ascend_however_they_are_written(ascending: list[str]) -> None:
    for older, newer in combinations(ascending, 2):
        assert compare(older, newer) == -1, (older, newer)
        assert compare(newer, older) == 1, (newer, older)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        *(("2026.11.23", "2026-11-23"), ("2026.1.3", "2026-01-03"), ("20261123", "v2026.11.23")),
        *(("2026.11", "2026.11.0"), ("2026.11.23-prod", "20261123-qa")),
    ],
)
def test_one_day_written_in_two_ways_is_the_same(a: str, b: str) -> None:
    assert (compare(a, b), compare(b, a)) == (0, 0)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        # One day: a time against none, a counter, or another way of writing it.
        *(("20261123", "20261123-1425"), ("20261123-1425", "202611231425")),
        *(("20261123.4", "2026-11-23-5"), ("20261123-1", "20261123-142530")),
        # Weeks and days; other lines; dates and numbers.
        *(("2026-W45", "2026-11-23"), ("nightly-20261122", "20261123")),
        *(("2026.11.23", "1.4.2"), ("2026.11", "24.04"), ("2026.11.23", "142")),
        # Day before year cannot be told from a commit, nor from month before day.
        ("23112026", "24112026"),
        *(("20261123-abc1234", "20261123-def5678"), ("20261123-slim", "20261123-alpine")),
        # The date and the version behind it disagree.
        ("20241104-1.4.2", "20241105-1.4.1"),
    ],
)
def test_what_dates_do_not_order_is_not_comparable(a: str, b: str) -> None:
    assert (compare(a, b), compare(b, a)) == (None, None)
