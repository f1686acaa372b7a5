"""The scan of a cell, and fixes in an earlier environment."""

import re
from typing import Any

import pytest

from reldash.domain.fleet.rules import CustomerRule, Environment
from reldash.domain.matrix.cells import Cell
from reldash.domain.registries.facts import ImageFacts
from reldash.domain.registries.scans import Finding, Scan, ScanStatus, Severity
from reldash.domain.workloads.observations import Observation
from tests.unit.builders import days_ago, fleet_rules, minutes_ago
from tests.unit.matrix_builders import matrix_of
from tests.unit.registry_builders import deployed, image, registry_facts, scan

UNSCANNED = Scan(ScanStatus.NOT_SCANNED)
STG, PROD = deployed("stg", "1.5.0", "new"), deployed("prod", "1.4.2", "old")


def cell_in(
    column: str, observed: list[Observation], *answered: ImageFacts, **arguments: Any
) -> Cell:
    [row] = (found := matrix_of(observed, facts=registry_facts(*answered), **arguments)).rows
    return found.cell(row.service, column)


def finding(name: str, severity: Severity = Severity.CRITICAL) -> Finding:
    return Finding(name, severity, "openssl", "3.0.1", f"https://example.com/{name}")


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (scan(2), scan(2), scan(2)),
        (scan(2, 1), scan(0, 7), scan(2, 7)),
        (scan(2), UNSCANNED, Scan(ScanStatus.NOT_SCANNED, scan(2).counts)),
        (scan(2), None, Scan(ScanStatus.UNCOUNTED, scan(2).counts)),
        (None, None, None),
    ],
)
def test_a_cell_has_the_worst_scan_of_its_places(
    first: Scan | None, second: Scan | None, expected: Scan | None
) -> None:
    places = [
        deployed("prod", "1.4.2", "a", namespace="a"),
        deployed("prod", "1.4.2", "b", namespace="b"),
    ]
    cell = cell_in("prod", places, image("a", scan=first), image("b", scan=second))

    assert cell.scan == expected
    assert [place.scan for place in cell.places] == [first, second]


def test_a_place_has_the_registry_facts_of_its_build() -> None:
    [place] = cell_in("prod", [PROD], image("old", "1.4.2", scan=scan(2), size=7)).places

    assert (place.pushed_at, place.size, place.scan) == (days_ago(5), 7, scan(2))


def test_a_place_scaled_to_zero_runs_no_findings() -> None:
    idle = deployed("prod", "1.4.2", "old", wanted=0, ready=0, running=(), namespace="idle")
    cell = cell_in("prod", [PROD, idle], image("old", "1.4.2", scan=scan(2)))

    assert cell.scan == scan(2)


@pytest.mark.parametrize(
    ("stg", "prod", "sentence"),
    [
        (
            scan(),
            scan(2, 1),
            "prod runs 1.4.2 with 2 critical and 1 high finding; 1.5.0 in stg has none",
        ),
        (
            scan(1, 9),
            scan(2),
            "prod runs 1.4.2 with 2 critical findings; 1.5.0 in stg has 1 critical and 9 high"
            " findings",
        ),
        (
            scan(2, 1),
            scan(2, 3),
            "prod runs 1.4.2 with 2 critical and 3 high findings; 1.5.0 in stg has 2 critical and"
            " 1 high finding",
        ),
        (scan(2), scan(2), ""),
        (scan(3), scan(2), ""),
        (scan(), scan(), ""),
        (scan(), Scan(ScanStatus.COUNTED, {Severity.MEDIUM: 9}), ""),
        (UNSCANNED, scan(2), ""),
        (None, scan(2), ""),
        (scan(), UNSCANNED, ""),
        (scan(), Scan(ScanStatus.UNCOUNTED, {Severity.CRITICAL: 2}), ""),
        (scan(), None, ""),
    ],
)
def test_a_cell_names_a_fix_in_an_earlier_environment_if_both_scans_are_counted(
    stg: Scan | None, prod: Scan | None, sentence: str
) -> None:
    answered = image("new", "1.5.0", scan=stg), image("old", "1.4.2", scan=prod)

    assert cell_in("prod", [STG, PROD], *answered).fixed_earlier == sentence
    assert cell_in("stg", [STG, PROD], *answered).fixed_earlier == ""


def test_findings_that_came_with_a_newer_version_are_not_fixed_by_an_older() -> None:
    observed = [deployed("stg", "1.4.2", "old"), deployed("prod", "1.5.0", "new")]
    cell = cell_in("prod", observed, image("old", scan=scan()), image("new", scan=scan(2)))

    assert cell.fixed_earlier == ""


def test_the_same_version_built_again_may_be_the_fix() -> None:
    observed = [deployed("stg", "1.4.2", "rebuilt"), PROD]
    answered = image("rebuilt", scan=scan()), image("old", scan=scan(0, 1))

    assert cell_in("prod", observed, *answered).fixed_earlier == (
        "prod runs 1.4.2 with 1 high finding; another build of 1.4.2 in stg has none"
    )


def test_the_nearest_earlier_environment_with_fewer_is_named() -> None:
    observed = [deployed("dev", "1.6.0", "newest"), deployed("stg", "1.4.2", "old"), PROD]
    answered = image("newest", scan=scan()), image("old", scan=scan(1))

    found = cell_in("prod", observed, *answered).fixed_earlier
    assert found == "prod runs 1.4.2 with 1 critical finding; 1.6.0 in dev has none"


def test_an_environment_outside_the_promotion_chain_has_no_fix_for_it() -> None:
    rules = fleet_rules(
        ["dev", "stg", Environment("prod", promotes_from=None, default_baseline=False)]
    )
    answered = image("new", scan=scan()), image("old", scan=scan(2))

    assert cell_in("prod", [STG, PROD], *answered, rules=rules).fixed_earlier == ""


def test_another_customers_fix_is_none_of_this_ones() -> None:
    rules = fleet_rules(customer=CustomerRule(re.compile("cust-(?P<customer>.+)")))
    prod = deployed("prod", "1.4.2", "old", namespace="cust-acme")
    answered = image("new", scan=scan()), image("old", scan=scan(2))

    def fixed(namespace: str) -> str:
        stg = deployed("stg", "1.5.0", "new", namespace=namespace)
        return cell_in("prod", [stg, prod], *answered, rules=rules).fixed_earlier

    assert fixed("cust-globex") == ""
    assert fixed("cust-acme") != ""
    assert fixed("shared") != ""


def test_a_stale_environment_has_no_fix() -> None:
    stale = deployed("stg", "1.5.0", "new", observed_at=minutes_ago(12))
    answered = image("new", scan=scan()), image("old", scan=scan(2))

    assert cell_in("prod", [stale, PROD], *answered).fixed_earlier == ""


def test_the_fixed_findings_are_named_if_they_were_read() -> None:
    ours = (finding("CVE-2026-1"), finding("CVE-2026-2"), finding("CVE-2026-3", Severity.HIGH))
    old = image("old", scan=scan(2, 1), findings=ours)
    new = image("new", scan=scan(1), findings=(finding("CVE-2026-2"),))

    assert cell_in("prod", [STG, PROD], old, new).fixed_earlier == (
        "prod runs 1.4.2 with 2 critical and 1 high finding (CVE-2026-1 and CVE-2026-3);"
        " 1.5.0 in stg has 1 critical finding"
    )


def test_the_findings_of_a_multi_arch_image_are_those_of_its_platforms() -> None:
    index = image("old", children={"linux/amd64": "amd"})
    amd = image("amd", scan=scan(1), findings=(finding("CVE-2026-1"),))

    cell = cell_in("prod", [STG, PROD], index, amd, image("new", scan=scan()))
    assert cell.scan == scan(1)
    assert "(CVE-2026-1)" in cell.fixed_earlier
