"""Freeze windows hold by local time, also on days of a clock change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reldash.domain.fleet.freezes import Freeze, freeze_at
from reldash.domain.fleet.recurrence import check_rule, first_start, local_rule

BERLIN = "Europe/Berlin"  # 2026: forward at 02:00 on 29 March, back at 03:00 on 25 October


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


def frozen(from_: str, to: str, repeats: str = "", time_zone: str = BERLIN) -> Freeze:
    return Freeze("night", ("prod",), local(from_), local(to), time_zone, repeats)


NIGHTS = frozen("2026-01-01 22:00", "2026-01-02 06:00", "FREQ=DAILY")
ZONES = [BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo"]


@pytest.mark.parametrize(
    ("evening", "from_at", "until_at"),
    [
        ("an ordinary night in winter", "2026-01-01 21:00", "2026-01-02 05:00"),
        ("the night that has an hour less", "2026-03-28 21:00", "2026-03-29 04:00"),
        ("the night after it", "2026-03-29 20:00", "2026-03-30 04:00"),
        ("the night that has an hour more", "2026-10-24 20:00", "2026-10-25 05:00"),
        ("the night after that", "2026-10-25 21:00", "2026-10-26 05:00"),
    ],
)
def test_a_window_from_ten_to_six_is_that_on_every_night(
    evening: str, from_at: str, until_at: str
) -> None:
    held = NIGHTS.windows(utc(from_at), utc(until_at))
    assert held == [(utc(from_at), utc(until_at))], evening
    assert not NIGHTS.covers(utc(from_at) - timedelta(microseconds=1))
    assert NIGHTS.covers(utc(from_at))
    assert NIGHTS.covers(utc(until_at) - timedelta(microseconds=1))
    assert not NIGHTS.covers(utc(until_at))


@pytest.mark.parametrize(
    ("from_", "to", "from_at", "until_at"),
    [
        # Clocks skip 02:00 to 03:00 on 29 March: what would lie there lies at 01:00 UTC.
        ("2026-03-29 02:30", "2026-03-29 04:00", "2026-03-29 01:00", "2026-03-29 02:00"),
        ("2026-03-29 01:00", "2026-03-29 02:30", "2026-03-29 00:00", "2026-03-29 01:00"),
        # Clocks show 02:00 to 03:00 twice on 25 October, from 00:00 and from 01:00 UTC.
        ("2026-10-25 02:30", "2026-10-25 04:00", "2026-10-25 00:30", "2026-10-25 03:00"),
        ("2026-10-25 01:00", "2026-10-25 02:30", "2026-10-24 23:00", "2026-10-25 01:30"),
        ("2026-10-25 02:10", "2026-10-25 02:20", "2026-10-25 00:10", "2026-10-25 01:20"),
    ],
)
def test_times_that_clocks_skip_or_show_twice_have_a_moment(
    from_: str, to: str, from_at: str, until_at: str
) -> None:
    day = utc(f"{from_[:10]} 00:00")
    freeze = frozen(from_, to)
    assert freeze.windows(day - timedelta(days=1), day + timedelta(days=1)) == [
        (utc(from_at), utc(until_at))
    ]


def test_a_window_wholly_in_skipped_time_covers_nothing() -> None:
    freeze = frozen("2026-03-29 02:10", "2026-03-29 02:50")
    at = utc("2026-03-29 00:00")
    assert not any(freeze.covers(at + timedelta(minutes=minutes)) for minutes in range(180))


def test_a_night_whose_start_the_clocks_skip_is_not_left_out() -> None:
    freeze = frozen("2026-03-01 02:30", "2026-03-01 06:00", "FREQ=WEEKLY")
    assert freeze.covers(utc("2026-03-29 03:00"))


@pytest.mark.parametrize(
    ("repeats", "covered", "free"),
    [
        ("FREQ=WEEKLY;BYDAY=FR", "2026-02-13 18:00", "2026-02-11 18:00"),
        ("FREQ=WEEKLY;COUNT=2", "2026-01-16 18:00", "2026-01-23 18:00"),
        ("FREQ=MONTHLY;BYDAY=2FR", "2026-02-13 18:00", "2026-02-20 18:00"),
        ("FREQ=YEARLY", "2029-01-09 18:00", "2029-01-11 18:00"),
        # On the wall clock, the last of these is at 17:00, which is 16:00 UTC.
        ("FREQ=WEEKLY;UNTIL=20260123T160000Z", "2026-01-23 18:00", "2026-01-30 18:00"),
        ("FREQ=WEEKLY;UNTIL=20260123T155959Z", "2026-01-16 18:00", "2026-01-23 18:00"),
        ("FREQ=WEEKLY;UNTIL=20260123T170000", "2026-01-23 18:00", "2026-01-30 18:00"),
    ],
)
def test_rules_repeat_a_window(repeats: str, covered: str, free: str) -> None:
    freeze = frozen("2026-01-09 17:00", "2026-01-10 07:00", local_rule(repeats, BERLIN))
    assert freeze.covers(utc(covered))
    assert not freeze.covers(utc(free))


def test_a_window_without_a_rule_holds_once() -> None:
    freeze = frozen("2025-12-18 17:00", "2026-01-07 07:00", time_zone="UTC")
    assert not freeze.covers(utc("2025-12-18 16:59"))
    assert freeze.covers(utc("2025-12-31 12:00"))
    assert freeze.covers(utc("2026-01-07 06:59"))
    assert not freeze.covers(utc("2026-12-24 12:00"))
    assert freeze.windows(utc("2020-01-01 00:00"), utc("2030-01-01 00:00")) == [
        (utc("2025-12-18 17:00"), utc("2026-01-07 07:00"))
    ]


def test_moments_may_be_given_in_any_zone() -> None:
    at = datetime(2026, 7, 1, 23, tzinfo=ZoneInfo(BERLIN))
    assert NIGHTS.covers(at)
    assert NIGHTS.covers(at.astimezone(ZoneInfo("Asia/Tokyo")))


def test_a_freeze_is_of_its_environments_alone() -> None:
    at = utc("2026-01-01 23:00")
    assert freeze_at([NIGHTS], "prod", at) == "night"
    assert freeze_at([NIGHTS], "stg", at) == ""
    assert freeze_at([NIGHTS], "prod", utc("2026-01-01 12:00")) == ""


@given(
    start=st.datetimes(local("2024-01-01 00:00"), local("2026-12-31 23:59")),
    length=st.integers(1, 60 * 24 * 40),
    at=st.datetimes(local("2023-01-01 00:00"), local("2028-12-31 23:59")),
    rule=st.sampled_from(["", "FREQ=DAILY", "FREQ=WEEKLY;INTERVAL=2", "FREQ=YEARLY"]),
    zone=st.sampled_from(["UTC", "Etc/GMT-9", "Etc/GMT+4"]),
)
def test_where_clocks_never_move_windows_are_plain_arithmetic(
    start: datetime, length: int, at: datetime, rule: str, zone: str
) -> None:
    start = start.replace(second=0, microsecond=0)
    end = start + timedelta(minutes=length)
    freeze = Freeze("f", ("prod",), start, end, zone, rule)
    moment = at.replace(tzinfo=UTC)
    now = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    steps = {"": None, "FREQ=DAILY": 1, "FREQ=WEEKLY;INTERVAL=2": 14}
    if rule in steps:
        since, step = now - start, steps[rule]
        days = 0 if step is None else max(0, since // timedelta(days=step)) * step
        # Those that began earlier may still hold.
        expected = any(
            timedelta() <= since - timedelta(days=days - back * (step or 0)) < end - start
            for back in range(length // (60 * 24) // (step or 10**6) + 1)
            if days - back * (step or 0) >= 0
        )
    else:
        begins = [_in_year(start, year) for year in range(start.year, 2030)]
        expected = any(b is not None and b <= now < b + (end - start) for b in begins)
    assert freeze.covers(moment) is expected


def _in_year(start: datetime, year: int) -> datetime | None:
    try:
        return start.replace(year=year)
    except ValueError:  # the 29th of February
        return None


@given(
    at=st.datetimes(local("2025-06-01 00:00"), local("2027-06-01 00:00")),
    begins=st.integers(0, 24 * 60 - 1),
    length=st.integers(1, 24 * 60 - 1),
    zone=st.sampled_from(ZONES),
)
def test_a_nightly_window_covers_what_the_wall_clock_says(
    at: datetime, begins: int, length: int, zone: str
) -> None:
    """By the clock's own face; for an hour around its moving that is not the whole truth."""
    start = local("2025-01-01 00:00") + timedelta(minutes=begins)
    freeze = Freeze("f", ("prod",), start, start + timedelta(minutes=length), zone, "FREQ=DAILY")
    moment = at.replace(tzinfo=UTC)
    shown = moment.astimezone(ZoneInfo(zone))
    around = [(moment + timedelta(hours=h)).astimezone(ZoneInfo(zone)).utcoffset() for h in (-2, 2)]
    if around[0] != around[1]:
        return
    minutes = (shown.hour * 60 + shown.minute - begins) % (24 * 60)
    assert freeze.covers(moment) is (minutes < length)


@given(
    start=st.datetimes(local("2025-01-01 00:00"), local("2027-01-01 00:00")),
    length=st.integers(1, 60 * 24 * 10),
    zone=st.sampled_from(ZONES),
)
def test_windows_never_end_before_they_begin(start: datetime, length: int, zone: str) -> None:
    start = start.replace(second=0, microsecond=0)
    freeze = Freeze("f", ("prod",), start, start + timedelta(minutes=length), zone)
    around = start.replace(tzinfo=UTC)
    held = freeze.windows(around - timedelta(days=3), around + timedelta(days=15))
    for from_at, until_at in held:
        assert from_at <= until_at
        assert abs((until_at - from_at) - timedelta(minutes=length)) <= timedelta(hours=1)
    assert len(held) == 1 or length <= 60  # it may lie in what clocks skip


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("", "of the parts FREQ"),
        ("weekly", "of the parts FREQ"),
        ("RRULE:FREQ=DAILY", "of the parts FREQ"),
        ("INTERVAL=2", "with FREQ"),
        ("FREQ=HOURLY", "FREQ one of DAILY, WEEKLY, MONTHLY, YEARLY"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL"),
        ("FREQ=DAILY;BYHOUR=9", "of the parts FREQ"),
        ("FREQ=DAILY;FREQ=DAILY", "with FREQ once"),
        ("FREQ=DAILY;UNTIL=20261231", "UNTIL with a time such as 20261231T235959"),
        ("FREQ=DAILY;UNTIL=20261331T000000", "does not match format"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20261231T235959", "one of COUNT and UNTIL"),
        ("FREQ=MONTHLY;BYSETPOS=0;BYDAY=FR", "bysetpos must be between"),
        ("FREQ=YEARLY;BYDAY=FRI", "BYDAY"),
    ],
)
def test_an_invalid_rule_is_refused_with_the_expected_form(rule: str, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        check_rule(rule)


def test_a_rule_may_be_written_in_small_letters() -> None:
    assert check_rule("freq=weekly;byday=fr") == "FREQ=WEEKLY;BYDAY=FR"


def test_the_first_start_of_a_rule() -> None:
    thursday = local("2026-01-08 17:00")
    assert first_start("FREQ=WEEKLY;BYDAY=FR", thursday) == local("2026-01-09 17:00")
    assert first_start("FREQ=WEEKLY;UNTIL=20250101T000000", thursday) is None
