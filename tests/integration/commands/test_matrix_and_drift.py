"""`matrix`, `drift` and `inventory` print what the pages show."""

import csv
import io
import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from reldash.demo import DemoFleet
from reldash.domain.drift.states import Flag, State
from reldash.services.collecting.collector import Collector
from tests.integration.commands.conftest import Run
from tests.integration.services.conftest import open_context_over


@pytest.fixture(scope="module", autouse=True)
def _collected(demo: DemoFleet, module_database: str) -> None:
    """Every cluster read once."""
    context = open_context_over(demo, module_database)
    Collector(context).collect()
    context.close()


@pytest.fixture
def reldash(run: Run, demo: DemoFleet) -> Run:
    """The command line over the collected demo fleet."""
    return partial(run, RELDASH_FLEET=str(demo.fleet_file))


@pytest.fixture
def matrix(reldash: Run) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(reldash("matrix", "platform", "--format", "json").out)
    return loaded


def test_the_json_has_the_documented_shape(matrix: dict[str, Any]) -> None:
    assert set(matrix) == {"dashboard", "as_of", "columns", "rows"}
    assert matrix["columns"] == ["dev", "lit", "shared", "stg", "prod"]
    for row in matrix["rows"]:
        assert set(row) == {"service", "cells"}
        assert list(row["cells"]) == matrix["columns"]
        for cell in row["cells"].values():
            assert set(cell) == {
                "version", "versions", "where", "state", "last_state", "not_known", "flags", "lag",
                "observed_at", "places",
            }  # fmt: skip
            for place in cell["places"]:
                assert set(place) == {
                    "cluster", "namespace", "workload", "container", "image", "digests", "ready",
                    "wanted",
                }  # fmt: skip


def test_the_csv_has_one_row_per_service_and_matches_the_json(
    reldash: Run, matrix: dict[str, Any]
) -> None:
    printed = reldash("matrix", "platform", "--format", "csv").out
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert [row["service"] for row in rows] == [row["service"] for row in matrix["rows"]]
    for printed_row, row in zip(rows, matrix["rows"], strict=True):
        for column, cell in row["cells"].items():
            assert printed_row[f"{column} state"] == cell["state"]
            assert printed_row[f"{column} last state"] == cell["last_state"]
            assert printed_row[f"{column} flags"] == ", ".join(cell["flags"])
            assert printed_row[column].startswith(cell["version"].split(", ")[0])


def test_columns_can_be_clusters_namespaces_or_customers(reldash: Run) -> None:
    for by, column in [
        ("cluster", "solutions-prod-eu"),
        ("namespace", "prod/cust-acme"),
        ("customer", "prod/acme"),
    ]:
        printed = reldash("matrix", "customer-solutions", "--by", by, "--format", "json").out
        assert column in json.loads(printed)["columns"]


def test_drift_lists_cells_of_the_matrix_with_their_states(
    reldash: Run, matrix: dict[str, Any]
) -> None:
    cells = {row["service"]: row["cells"] for row in matrix["rows"]}
    drifting = json.loads(reldash("drift", "platform", "--format", "json").out)
    assert drifting
    for found in drifting:
        cell = cells[found["service"]][found["environment"]]
        assert (found["state"], found["last state"]) == (cell["state"], cell["last_state"])
        assert found["version"].startswith(cell["version"])
    ahead = {found["service"] for found in drifting if found["state"] == "ahead"}
    assert ahead == {name for name, row in cells.items() if row["prod"]["state"] == "ahead"}


@pytest.mark.parametrize("option", [["--state", "ahead,diverged"], ["--flag", "mixed"]])
def test_drift_is_filtered_by_state_or_flag(reldash: Run, option: list[str]) -> None:
    wanted = set(option[1].split(","))
    found = json.loads(reldash("drift", "platform", *option, "--format", "json").out)
    assert found
    assert all(wanted & {row["state"], *row["flags"].split(", ")} for row in found)


def test_every_state_and_flag_occurs_on_the_platform(matrix: dict[str, Any]) -> None:
    cells = [cell for row in matrix["rows"] for cell in row["cells"].values()]
    assert {cell["state"] for cell in cells} == {str(state) for state in State}
    # These take time or a moving release train; the browser tests wait for them.
    late = {str(Flag.STALE), str(Flag.SPEC_DIFFERS), str(Flag.DEGRADED), str(Flag.ROLLING)}
    assert {str(flag) for flag in Flag} - {f for cell in cells for f in cell["flags"]} <= late


def test_drift_fails_a_pipeline_only_if_there_is_drift(reldash: Run) -> None:
    assert reldash("drift", "platform", "--fail").code == 1
    assert reldash("drift", "platform").code == 0
    only_in_dev = ["--environment", "dev", "--state", "ahead"]
    assert reldash("drift", "platform", *only_in_dev, "--fail").code == 0


def test_unknown_cells_fail_a_pipeline(reldash: Run) -> None:
    ran = reldash("drift", "platform", "--environment", "shared", "--fail")
    assert ran.code == 1
    assert ran.out == ""
    assert "cannot tell: platform-shared-us has never been read" in ran.err
    assert "cannot tell: shared: 71 cells not fully known (ab-testing, " in ran.err


@pytest.mark.parametrize("narrowing", [["--state", "ahead"], ["--flag", "mixed"]])
def test_unknown_cells_fail_a_pipeline_whatever_it_selects(
    reldash: Run, narrowing: list[str]
) -> None:
    ran = reldash("drift", "platform", "--environment", "shared", *narrowing, "--fail")
    assert (ran.code, ran.out) == (1, "")
    assert "cannot tell: shared: " in ran.err
    assert "No results" not in ran.err


def test_a_fleet_that_was_never_read_fails_a_pipeline(
    reldash: Run, new_database: Callable[[], str]
) -> None:
    ran = reldash("drift", "platform", "--fail", DATABASE_URL=new_database())
    assert ran.code == 1
    assert "platform-dev has never been read" in ran.err


def test_clusters_outside_the_chosen_environments_do_not_fail_a_pipeline(reldash: Run) -> None:
    ran = reldash("drift", "platform", "--environment", "dev", "--fail")
    assert "read" not in ran.err


def test_inventory_lists_every_container_of_a_cluster(reldash: Run) -> None:
    printed = reldash("inventory", "--cluster", "platform-prod-eu", "--format", "csv").out
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert {row["cluster"] for row in rows} == {"platform-prod-eu"}
    assert {row["role"] for row in rows} >= {"main", "init"}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["matrix", "nothing"], "'nothing': expected one of platform, customer-solutions"),
        (["matrix", "platform", "--by", "moon"], "'moon' is not one of"),
        (["matrix", "platform", "--baseline", "moon"], "moon"),
        (["drift", "platform", "--state", "red"], "'red': expected any of ahead, "),
        (["drift", "platform", "--flag", "red"], "'red': expected any of tag_moved, "),
        (["drift", "platform", "--environment", "moon"], "'moon': expected one of dev, "),
        (["drift", "customer-solutions", "--environment", "lit"], "'lit': expected one of dev, s"),
        (["drift", "platform", "--max-age", "soon"], "'soon': expected a duration above zero"),
        (["collect", "--cluster", "moon"], "--cluster moon: expected one of platform-dev, "),
    ],
)
def test_wrong_usage_exits_with_2_and_names_what_was_expected(
    reldash: Run, arguments: list[str], expected: str
) -> None:
    ran = reldash(*arguments)
    assert ran.code == 2
    assert expected in ran.err
    assert "Traceback" not in ran.err
    assert ran.out == ""
