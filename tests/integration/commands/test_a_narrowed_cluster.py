"""A cluster read whole, then in some namespaces, then whole again: nothing false is recorded."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.commands.conftest import Run
from tests.integration.commands.two_clusters import Fleet, objects, two_clusters
from tests.integration.recorded_server import LISTS, Answer, ApiServer, listed, status
from tests.integration.waiting import wait_for


@pytest.fixture
def fleet(run: Run, tmp_path: Path, new_database: Callable[[], str]) -> Iterator[Fleet]:
    with two_clusters(run, tmp_path, new_database) as fleet:
        fleet.servers["dev"].lists |= objects(
            ("shop", "api", "1.0.0"), ("pay", "web", "1.0.0"), ("pay", "job", "1.0.0")
        )
        fleet.servers["stg"].lists |= objects(("shop", "api", "1.0.0"), ("pay", "web", "1.0.0"))
        yield fleet


def test_narrowing_and_widening_a_cluster_records_nothing_false(fleet: Fleet) -> None:
    fleet.collect()
    assert [fleet.cell(name)["state"] for name in ("api", "web", "job")] == [
        "in_step",
        "in_step",
        "absent",
    ]
    assert fleet.run("drift", "platform", "--fail").code == 0

    fleet.write("pay")
    fleet.collect()
    fleet.collect()
    assert fleet.events("api") == []
    kept = fleet.cell("api")
    assert (kept["version"], kept["flags"]) == ("1.0.0", ["stale"])
    assert fleet.cell("web")["state"] == "in_step"
    assert fleet.cell("job")["state"] == "unknown"
    assert fleet.run("drift", "platform", "--fail").code == 1

    fleet.write()
    fleet.collect()
    assert fleet.events("api") == fleet.events("web") == []
    assert (fleet.cell("api")["state"], fleet.cell("api")["flags"]) == ("in_step", [])
    assert fleet.cell("job")["state"] == "absent"
    assert fleet.run("drift", "platform", "--fail").code == 0


def test_data_that_got_old_fail_the_gate_unless_older_data_are_accepted(fleet: Fleet) -> None:
    fleet.write(stale_after="1s")
    fleet.collect()
    gate = ("drift", "platform", "--state", "ahead", "--fail")
    wait_for(lambda: fleet.run(*gate).code)
    ran = fleet.run(*gate)
    assert ran.err.startswith("6 of 6 cells not fully known\n")
    assert "cannot tell: stg: 3 cells not fully known (api, job and web)" in ran.err
    kept = fleet.cell("api")
    assert (kept["state"], kept["last_state"]) == ("unknown", "in_step")

    accepted = fleet.run(*gate, "--max-age", "1h")
    assert accepted.code == 0
    assert accepted.err == "No results\n0 cells drift\n"


def test_what_happened_meanwhile_is_recorded_once_when_the_cluster_is_read_whole_again(
    fleet: Fleet,
) -> None:
    stg = fleet.servers["stg"]
    stg.lists |= objects(("shop", "api", "1.0.0"), ("pay", "web", "1.0.0"), ("gone", "web", "1.0"))
    fleet.collect()
    fleet.write("pay")
    stg.lists |= objects(("shop", "api", "2.0.0"), ("pay", "web", "2.0.0"))
    fleet.collect()
    assert (fleet.events("api"), fleet.events("web")) == ([], [("pay", "changed", "2.0.0")])

    fleet.write()
    fleet.collect()
    fleet.collect()
    assert fleet.events("api") == [("shop", "changed", "2.0.0")]
    assert sorted(fleet.events("web")) == [("gone", "removed", ""), ("pay", "changed", "2.0.0")]


def test_an_environment_made_of_the_namespaces_read_is_known_whole(fleet: Fleet) -> None:
    fleet.write("pay", environment="{stg: [pay]}")
    fleet.collect()
    assert fleet.cell("job")["state"] == "absent"
    assert fleet.run("drift", "platform", "--fail").code == 0


def test_a_kind_that_no_known_service_uses_fails_the_gate_while_it_is_refused(
    fleet: Fleet,
) -> None:
    fleet.servers["stg"].refuse(LISTS["statefulsets"])
    fleet.collect()
    ran = fleet.run("drift", "platform", "--fail")
    assert ran.code == 1
    assert "cannot tell: StatefulSets of stg could not be read" in ran.err


def broken_after_a_page(server: ApiServer) -> None:
    """Deployments answer with one page, and with an error when the next one is requested."""
    first = listed(server.lists[LISTS["deployments"]][:1], token="1")
    server.handlers[LISTS["deployments"]] = lambda request: (
        Answer(500, status(500, "etcd is gone"))
        if request.query.get("continue")
        else Answer(body=first)
    )


@pytest.mark.parametrize(
    "break_",
    [
        pytest.param(lambda s: s.refuse(LISTS["deployments"]), id="refused"),
        pytest.param(broken_after_a_page, id="broken off after a page"),
    ],
)
def test_a_kind_that_is_not_listed_to_its_end_removes_nothing(
    fleet: Fleet, break_: Callable[[ApiServer], None]
) -> None:
    fleet.collect()
    stg = fleet.servers["stg"]
    break_(stg)
    fleet.collect()
    assert [fleet.cell(name)["version"] for name in ("api", "web")] == ["1.0.0", "1.0.0"]
    assert fleet.cell("job")["state"] == "unknown"
    del stg.handlers[LISTS["deployments"]]
    fleet.collect()
    assert fleet.events("api") == fleet.events("web") == []
