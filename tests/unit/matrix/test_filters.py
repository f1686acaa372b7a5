"""Filters of a matrix, and their form in a URL."""

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reldash.domain.drift.states import Flag, State
from reldash.domain.fleet.choices import ChoiceError
from reldash.domain.fleet.scope import Scope
from reldash.domain.grouping.rows import Row
from reldash.domain.matrix.apply_filter import filter_matrix, owners_of
from reldash.domain.matrix.cells import Axis, Cell, Column, Matrix
from reldash.domain.matrix.filters import Filter
from reldash.domain.registries.scans import Scan, ScanStatus, Severity
from tests.unit.builders import NOW

IN_STEP = Cell("1.4.2", State.IN_STEP, (("1.4.2", 2),))
LEADING = Cell("1.5.0", State.LEADING, (("1.5.0", 1),))
ABSENT = Cell("", State.ABSENT)

names = st.text(min_size=1, max_size=12)
filters = st.builds(
    Filter,
    text=st.text(max_size=20),
    environments=st.lists(names, max_size=3).map(tuple),
    clusters=st.lists(names, max_size=3).map(tuple),
    namespaces=st.lists(names, max_size=3).map(tuple),
    customers=st.lists(names, max_size=3).map(tuple),
    owners=st.lists(names, max_size=3).map(tuple),
    states=st.lists(st.sampled_from(State), max_size=3).map(tuple),
    flags=st.lists(st.sampled_from(Flag), max_size=3).map(tuple),
    differs=st.booleans(),
    critical=st.booleans(),
    sidecars=st.booleans(),
    axis=st.sampled_from(Axis),
    baseline=st.text(max_size=8),
    as_of=st.none()
    | st.datetimes(datetime(1970, 1, 1)).map(  # noqa: DTZ001 - made aware here
        lambda at: at.replace(microsecond=0, tzinfo=UTC)
    ),
)


@given(filters)
def test_a_filter_survives_the_way_through_a_url(chosen: Filter) -> None:
    url = urlencode(chosen.to_query())

    assert Filter.from_query(parse_qsl(url, strict_parsing=bool(url))) == chosen


def test_only_choices_are_in_the_url() -> None:
    assert Filter().to_query() == []


def test_the_keys_of_a_url() -> None:
    chosen = Filter(
        text="pay",
        environments=("stg", "prod"),
        clusters=("eu",),
        namespaces=("shop-*",),
        customers=("acme",),
        owners=("blue",),
        states=(State.IN_STEP,),
        flags=(Flag.TAG_MOVED,),
        differs=True,
        critical=True,
        sidecars=True,
        axis=Axis.CLUSTER,
        baseline="newest",
        as_of=datetime(2026, 11, 20, 17, tzinfo=UTC),
    )

    assert urlencode(chosen.to_query()) == (
        "text=pay&env=stg&env=prod&cluster=eu&ns=shop-%2A&customer=acme&owner=blue"
        "&state=in_step&flag=tag_moved&differs=true&critical=true&sidecars=true&by=cluster&baseline=newest"
        "&at=2026-11-20T17%3A00%3A00Z"
    )


@pytest.mark.parametrize(
    "query", ["", "state=&env=&by=", "embed=true&cell=api", "differs=0&sidecars=false"]
)
def test_a_query_without_choices_is_the_default(query: str) -> None:
    assert Filter.from_query(parse_qsl(query, keep_blank_values=True)) == Filter()


@pytest.mark.parametrize(
    ("word", "on"), [("1", True), ("true", True), ("Yes", True), ("no", False)]
)
def test_switches_take_the_usual_words(word: str, on: bool) -> None:
    assert Filter.from_query([("differs", word)]).differs is on


@pytest.mark.parametrize("value", ["-7d", "friday", "2026-02-30"])
def test_a_url_holds_an_exact_moment(value: str) -> None:
    with pytest.raises(ChoiceError, match="expected a time of UTC such as 2026-11-20T17:00Z"):
        Filter.from_query([("at", value)])


def test_of_a_key_that_holds_one_value_the_last_counts() -> None:
    assert Filter.from_query([("by", "cluster"), ("by", "customer")]).axis is Axis.CUSTOMER


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("state", "late", "ahead, diverged, behind"),
        ("state", "IN_STEP", "in_step"),
        ("flag", "broken", "tag_moved, rebuilt"),
        ("by", "team", "environment, cluster, namespace, customer"),
        ("differs", "maybe", "true or false"),
        ("critical", "maybe", "true or false"),
        ("sidecars", "2", "true or false"),
    ],
)
def test_an_unknown_value_is_refused_with_the_expected_ones(
    key: str, value: str, expected: str
) -> None:
    with pytest.raises(ChoiceError) as caught:
        Filter.from_query([(key, value)])

    assert f"{key}={value}" in caught.value.message
    assert expected in caught.value.message


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(), True),
        (Scope(clusters=("eu",)), True),
        (Scope(clusters=("us",)), False),
        (Scope(namespaces=("shop",)), True),
        (Scope(namespaces=("pay-*", "sh?p")), True),
        (Scope(namespaces=("sho",)), False),
        (Scope(customers=("acme", "globex")), True),
        (Scope(customers=("-",)), False),
        (Scope(("eu",), ("shop",), ("globex",)), False),
    ],
)
def test_a_place_is_in_scope_if_all_that_was_chosen_holds(scope: Scope, expected: bool) -> None:
    assert scope.includes("eu", "shop", "acme") is expected


def test_the_places_of_no_customer_can_be_chosen() -> None:
    assert Scope(customers=("-",)).includes("eu", "shop", None)


def test_a_filters_scope_is_its_clusters_namespaces_and_customers() -> None:
    chosen = Filter(clusters=("eu",), namespaces=("shop",), customers=("acme",), text="x")

    assert chosen.scope == Scope(("eu",), ("shop",), ("acme",))


def matrix(*rows: tuple[Row | str, dict[str, Cell]]) -> Matrix:
    """Columns dev, stg and prod; in step where a row does not say otherwise."""
    columns = tuple(Column(name, name, name) for name in ("dev", "stg", "prod"))
    listed = [(row if isinstance(row, Row) else Row(row), cells) for row, cells in rows]
    return Matrix(
        dashboard="platform",
        axis=Axis.ENVIRONMENT,
        as_of=NOW,
        columns=columns,
        rows=tuple(row for row, _ in listed),
        cells={
            (row.service, column.key): cells.get(column.key, IN_STEP)
            for row, cells in listed
            for column in columns
        },
    )


def shown(chosen: Filter, *rows: tuple[Row | str, dict[str, Cell]]) -> list[str]:
    return [row.service for row in filter_matrix(matrix(*rows), chosen).rows]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["Zeta", "api · worker", "beta"]),
        ("  ", ["Zeta", "api · worker", "beta"]),
        ("WORK", ["api · worker"]),
        ("worker api", ["api · worker"]),
        ("worker zeta", []),
        ("zeta", ["Zeta"]),
        ("amber", ["beta"]),
        ("1.5", ["Zeta"]),
        ("1.3.9", ["beta"]),
        ("canary", ["beta"]),
        ("beta amber 1.3", ["beta"]),
    ],
)
def test_every_word_must_be_found_in_service_owner_or_versions(
    text: str, expected: list[str]
) -> None:
    mixed = Cell("1.4.2", State.BEHIND, (("1.4.2", 3), ("1.3.9", 1)), candidate="canary 10 % 1.6.0")

    found = shown(
        Filter(text=text),
        ("Zeta", {"dev": LEADING}),
        ("api · worker", {}),
        (Row("beta", "amber"), {"prod": mixed}),
    )

    assert found == expected


def test_environments_choose_columns_and_hidden_ones_are_not_searched() -> None:
    behind = Cell("1.4.1", State.BEHIND, (("1.4.1", 1),))
    both = matrix(("a", {"prod": behind}), ("b", {"stg": behind}))
    chosen = Filter(environments=("prod", "dev"), states=(State.BEHIND,))

    found = filter_matrix(both, chosen)

    assert [column.key for column in found.columns] == ["dev", "prod"]
    assert [row.service for row in found.rows] == ["a"]
    assert set(found.cells) == {("a", "dev"), ("a", "prod")}
    assert found.cell("a", "prod") is behind


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (Filter(states=(State.BEHIND,)), ["a", "b"]),
        (Filter(states=(State.BEHIND, State.ABSENT)), ["a", "b", "c"]),
        (Filter(flags=(Flag.MIXED,)), ["b", "c"]),
        (Filter(states=(State.BEHIND,), flags=(Flag.MIXED,)), ["b"]),
        (Filter(owners=("blue",)), ["a", "c"]),
        (Filter(owners=("red", "amber")), ["b", "c"]),
        (Filter(owners=("blue",), states=(State.ABSENT,)), ["c"]),
        (Filter(owners=("gone",)), []),
    ],
)
def test_a_row_is_kept_if_one_cell_matches_the_whole_filter(
    chosen: Filter, expected: list[str]
) -> None:
    found = shown(
        chosen,
        (Row("a", "blue"), {"stg": Cell("1", State.BEHIND)}),
        (Row("b", "red"), {"stg": Cell("1", State.BEHIND, flags=(Flag.MIXED, Flag.STUCK))}),
        (
            Row("c", "amber, blue"),
            {"stg": Cell("1", State.LEADING, flags=(Flag.MIXED,)), "prod": ABSENT},
        ),
        (Row("d"), {}),
    )

    assert found == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (IN_STEP, False),
        (LEADING, False),
        (ABSENT, False),
        (Cell("1", State.UNKNOWN, flags=(Flag.STALE,)), False),
        (Cell("", State.ABSENT, drift=True), True),
        (Cell("1", State.WAITING), True),
        (Cell("1", State.BEHIND, drift=True), True),
        (Cell("1", State.AHEAD, drift=True), True),
        (Cell("1", State.DIVERGED, drift=True), True),
        (Cell("1", State.IN_STEP, flags=(Flag.MIXED,)), True),
        (Cell("1", State.IN_STEP, flags=(Flag.REBUILT,)), True),
        (Cell("1", State.IN_STEP, flags=(Flag.TAG_MOVED,)), True),
        (Cell("1", State.IN_STEP, flags=(Flag.IDLE, Flag.UNPINNED)), False),
    ],
)
def test_the_filter_by_differences_keeps_rows_with_a_known_difference(
    cell: Cell, expected: bool
) -> None:
    assert bool(shown(Filter(differs=True), ("api", {"prod": cell}))) is expected


@pytest.mark.parametrize(
    ("scan", "kept"),
    [
        (Scan(ScanStatus.COUNTED, {Severity.CRITICAL: 1}), True),
        (Scan(ScanStatus.UNCOUNTED, {Severity.CRITICAL: 1}), True),
        (Scan(ScanStatus.COUNTED, {Severity.HIGH: 9}), False),
        (Scan(ScanStatus.NOT_SCANNED), False),
        (None, False),
    ],
)
def test_rows_with_critical_findings_can_be_filtered(scan: Scan | None, kept: bool) -> None:
    row = ("api", {"stg": LEADING, "prod": replace(IN_STEP, scan=scan)})

    assert shown(Filter(critical=True), row) == (["api"] if kept else [])
    assert shown(Filter(critical=True, environments=("stg",)), row) == []


def test_sidecars_are_shown_on_demand() -> None:
    proxy = Row("api / istio-proxy", sidecar=True)

    assert shown(Filter(), ("api", {}), (proxy, {})) == ["api"]
    assert shown(Filter(sidecars=True), ("api", {}), (proxy, {})) == ["api", proxy.service]


@pytest.mark.parametrize(
    ("owner", "expected"), [("", ()), ("blue", ("blue",)), ("amber, blue", ("amber", "blue"))]
)
def test_the_owners_of_a_row_are_separate(owner: str, expected: tuple[str, ...]) -> None:
    assert owners_of(Row("api", owner)) == expected


@pytest.mark.parametrize(
    ("pairs", "named"),
    [
        ([("ns", f"*{i}") for i in range(501)], "ns: 501 values, expected at most 500"),
        ([("text", "a " * 300)], "text: 600 characters, expected at most 500"),
    ],
)
def test_a_query_that_would_take_minutes_is_refused(
    pairs: list[tuple[str, str]], named: str
) -> None:
    with pytest.raises(ChoiceError, match=named):
        Filter.from_query(pairs)


def test_keys_that_are_no_filters_may_hold_anything() -> None:
    assert Filter.from_query([("other", "x")] * 501) == Filter()
