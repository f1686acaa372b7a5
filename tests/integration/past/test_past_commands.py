"""`history`, `image`, `compare`, and `--as-of` on `matrix`, `drift` and `inventory`."""

import csv
import io
import json
import sys
from functools import partial
from typing import Any

import pytest

from reldash.domain.matrix.cell_text import iso
from tests.integration.commands.conftest import Ran, Run, run
from tests.integration.past.conftest import RecordedHistory

__all__ = ["run"]  # the fixture


@pytest.fixture
def module_database(recorded: RecordedHistory) -> str:
    """The database that `run` opens."""
    return recorded.url


@pytest.fixture
def reldash(run: Run, recorded: RecordedHistory) -> Run:
    return partial(run, RELDASH_FLEET=str(recorded.fleet_file))


def rows(ran: Ran) -> list[dict[str, str]]:
    assert ran.code == 0, ran.err
    return list(csv.DictReader(io.StringIO(ran.out)))


def test_a_past_matrix_has_its_versions_and_notes_what_history_lacks(
    reldash: Run, recorded: RecordedHistory
) -> None:
    at = iso(recorded.day(5))
    ran = reldash("matrix", "platform", "--as-of", at, "--format", "json")
    loaded: dict[str, Any] = json.loads(ran.out)
    assert loaded["as_of"] == at
    api = next(row["cells"] for row in loaded["rows"] if row["service"] == "api")
    assert {name: cell["version"] for name, cell in api.items()} == {
        "dev": "1.1.0",
        "stg": "1.1.0",
        "prod": "1.0.0",
    }
    assert "History has versions and digests with their times" in ran.err
    table = rows(reldash("matrix", "platform", "--as-of", at, "--format", "csv"))
    assert {row["as of"] for row in table} == {at}


def test_past_drift_and_its_gate_use_the_data_of_that_moment(
    reldash: Run, recorded: RecordedHistory
) -> None:
    arguments = ["drift", "platform", "--environment", "prod", "--format", "csv", "--as-of"]
    found = rows(reldash(*arguments, iso(recorded.day(5))))
    assert {(row["service"], row["version"], row["baseline version"]) for row in found} == {
        ("api", "1.0.0", "1.1.0"),
        ("web", "4.0.0", "5.0.0"),
    }
    ran = reldash("drift", "platform", "--as-of", iso(recorded.day(9.5)), "--fail")
    assert ran.code == 1
    assert "stg was last read" in ran.err
    assert "stg" not in reldash(*arguments, iso(recorded.day(5))).err


def test_the_inventory_can_be_as_of_a_moment(reldash: Run, recorded: RecordedHistory) -> None:
    arguments = [
        "inventory",
        "--cluster",
        "prod",
        "--format",
        "csv",
        "--as-of",
        iso(recorded.day(5)),
    ]
    assert {(row["service"], row["version"]) for row in rows(reldash(*arguments))} == {
        ("api", "1.0.0"),
        ("web", "4.0.0"),
        ("old", "0.9.0"),
    }


def test_history_lists_changes_newest_first(reldash: Run) -> None:
    found = rows(reldash("history", "api", "--environment", "prod", "--format", "csv"))
    assert [(row["before"], row["after"], row["kind"]) for row in found] == [
        ("1.2.0", "1.1.0", "rollback"),
        ("1.1.0", "1.2.0", "changed"),
        ("1.0.0", "1.1.0", "changed"),
    ]
    assert {row["dashboard"] for row in found} == {"platform"}
    assert {row["freeze"] for row in found} == {"quiet days"}


def test_history_covers_the_requested_period(reldash: Run, recorded: RecordedHistory) -> None:
    arguments = ["history", "api", "--format", "csv"]
    found = rows(
        reldash(*arguments, "--since", iso(recorded.day(3)), "--until", iso(recorded.day(7)))
    )
    assert [row["after"] for row in found] == ["1.2.0", "1.1.0"]
    assert rows(reldash(*arguments, "--since", "-1h")) == []


def test_promotions_are_listed_with_their_lead_times(reldash: Run) -> None:
    found = rows(reldash("history", "api", "--promotions", "--format", "csv"))
    assert {(row["version"], row["to"], float(row["lead time days"])) for row in found} == {
        ("1.1.0", "stg", 2),
        ("1.1.0", "prod", 3),
        ("1.2.0", "stg", 5),
        ("1.2.0", "prod", 4),
    }


def test_compare_lists_differences_first_and_prints_counts(reldash: Run) -> None:
    ran = reldash("compare", "platform", "stg", "prod", "--format", "csv")
    assert [(row["service"], row["difference"]) for row in rows(ran)] == [
        ("api", "newer"),
        ("web", "same"),
    ]
    assert "1 newer on the left, 1 the same" in ran.err


def test_compare_accepts_moments_and_filters_differences(
    reldash: Run, recorded: RecordedHistory
) -> None:
    then = f"prod@{iso(recorded.day(5))}"
    ran = reldash("compare", "platform", "prod", then, "--kind", "only_right", "--format", "json")
    loaded = json.loads(ran.out)
    assert (loaded["left"], loaded["right"]) == ("prod", then)
    assert [row["service"] for row in loaded["rows"]] == ["old"]
    assert loaded["rows"][0]["right"]["version"] == "0.9.0"
    assert loaded["counts"]["newer"] == 2
    assert "History has versions and digests with their times" in ran.err


def test_compare_can_fail_a_pipeline(reldash: Run) -> None:
    assert reldash("compare", "platform", "stg", "prod", "--fail").code == 1
    assert reldash("compare", "platform", "prod", "cluster:prod", "--fail").code == 0


def test_image_lists_every_deployment_and_names_images_without_one(reldash: Run) -> None:
    ran = reldash("image", "api:1.1.0", "nothing:1", "--format", "csv")
    found = rows(ran)
    assert [(row["environment"], bool(row["until"])) for row in found] == [
        ("prod", False),
        ("prod", True),
        ("stg", True),
        ("dev", True),
    ]
    assert ran.err.splitlines() == ["nothing:1: found nowhere"]
    running = rows(reldash("image", "api:1.1.0", "--running", "--format", "csv"))
    assert [row["environment"] for row in running] == ["prod"]


def test_image_reads_a_list_and_can_fail_a_pipeline(
    reldash: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("api:1.3.0\n\nold:0.9.0\n"))
    found = rows(reldash("image", "-", "--format", "csv"))
    assert {row["searched for"] for row in found} == {"api:1.3.0", "old:0.9.0"}
    assert reldash("image", "api:1.3.0", "--fail").code == 1
    assert reldash("image", "old:0.9.0", "--fail").code == 0


def test_the_default_output_is_a_table(reldash: Run) -> None:
    ran = reldash("history", "web")
    assert "4.0.0" in ran.out
    assert ran.out.splitlines()[1].startswith("---")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["matrix", "platform", "--as-of", "friday"], "'friday': expected a time of UTC such as"),
        (["matrix", "platform", "--as-of", "2999-01-01"], "lies in the future"),
        (["matrix", "platform", "--as-of", "1999-01-01"], "730 days are kept"),
        (["drift", "platform", "--as-of", "-1w"], "ago, such as -7d or -1h30m"),
        (["inventory", "--as-of", "-800d"], "730 days are kept"),
        (["history", "apj"], "'apj' in platform: expected a service such as api"),
        (["history", "api", "--dashboard", "moon"], "'moon': expected one of platform"),
        (["history", "api", "--environment", "moon"], "'moon': expected one of dev, stg, prod"),
        (["history", "api", "--cluster", "moon"], "'moon': expected one of dev, stg, prod"),
        (["history", "api", "--customer", "moon"], "'moon': expected one of -"),
        (["history", "api", "--since", "-1d", "--until", "-2d"], "a time before --until"),
        (["compare", "moon", "stg", "prod"], "'moon': expected one of platform"),
        (["compare", "platform", "moon", "prod"], "'moon': expected dev, stg, prod"),
        (["compare", "platform", "ns:prod/moon", "prod"], "expected dev/shop, stg/shop"),
        (["compare", "platform", "prod", "prod@soon"], "'soon': expected a time of UTC"),
        (["compare", "platform", "stg", "prod", "--kind", "red"], "'red' is not one of"),
        (["image", "a"], "'a': expected 2 to 500 characters"),
        (["image"], "Missing argument"),
    ],
)
def test_wrong_usage_exits_with_2_and_names_what_was_expected(
    reldash: Run, arguments: list[str], expected: str
) -> None:
    ran = reldash(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert expected in ran.err
    assert "Traceback" not in ran.err
