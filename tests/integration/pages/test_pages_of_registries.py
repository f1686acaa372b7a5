"""Registry data on pages, and since when a registry is unreachable."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from reldash.domain.drift.place_details import digests_of
from reldash.domain.matrix.filters import Filter
from reldash.domain.registries.on_demand import ImageDetail
from reldash.services.context import Context
from reldash.services.reports.inventory import OF_REGISTRIES
from reldash.services.reports.matrix import load_matrix
from tests.integration.pages import registry_data
from tests.integration.pages.screens import grid_data, html_of, open_page

CRITICAL = Filter(critical=True)


def details(service: str, column: str = "prod") -> str:
    return html_of(open_page("platform", [("service", service), ("column", column)]))


@pytest.mark.usefixtures("registry_context")
def test_details_of_builds_that_only_their_pushes_order_say_by_push_time() -> None:
    html = details(registry_data.BY_PUSH_TIME)
    assert "ahead, by push time" in html
    assert "<dt>First pushed</dt>" in html
    assert "5 d ago" in html


@pytest.mark.usefixtures("registry_context")
def test_details_name_the_findings_and_where_they_are_already_fixed() -> None:
    html = details(registry_data.FIXED)
    assert '<span class="rd-critical">1 critical</span>, ' in html
    assert "1 critical or high finding" in html
    assert registry_data.CVE.name in html
    assert f'href="{registry_data.CVE.uri}"' in html
    assert "84 MB compressed" in html
    assert "fix ready" in html.partition("rd-details")[2]


@pytest.mark.usefixtures("registry_context")
def test_an_image_that_was_not_scanned_is_said_to_be_so() -> None:
    html = details(registry_data.NOT_SCANNED, "stg")
    assert "<dt>Findings</dt><dd>not scanned</dd>" in html


def running(context: Context, service: str, column: str) -> set[str]:
    """The digests behind a cell."""
    matrix = load_matrix(context, "platform", Filter(), context.now())
    return set(digests_of(matrix.cell(service, column).places))


def requested(context: Context, detail: ImageDetail) -> set[str]:
    """The digests whose facts were requested."""
    wanted = context.store.registries.load_requested()
    return {each.digest for each in wanted if each.detail is detail}


def test_opening_a_cell_requests_its_findings(registry_context: Context) -> None:
    details("label-printer")
    digests = running(registry_context, "label-printer", "prod")
    assert digests
    assert digests <= requested(registry_context, ImageDetail.FINDINGS)


def test_opening_a_dashboard_requests_manifests_of_indexes_and_no_findings(
    registry_context: Context,
) -> None:
    open_page("platform")
    assert requested(registry_context, ImageDetail.CHILDREN) == {
        digest
        for column in ("dev", "stg", "prod")
        for digest in running(registry_context, registry_data.INDEX, column)
    }
    assert not running(registry_context, registry_data.INDEX, "prod") & requested(
        registry_context, ImageDetail.FINDINGS
    )


@pytest.mark.parametrize("name", ["overview", "platform", "inventory"])
@pytest.mark.usefixtures("registry_context")
def test_a_registry_that_is_away_is_named_with_since_when(name: str) -> None:
    html = html_of(open_page(name))
    assert f"registry {registry_data.AWAY} not reached since " in html
    assert " UTC (Not allowed by AWS)" in html


@pytest.mark.usefixtures("registry_context")
def test_what_was_known_of_a_registry_that_is_away_is_shown_as_before() -> None:
    shown = open_page("inventory", [("cluster", "platform-prod-us")]).dataframe[0].value
    running = shown[shown["digests"].str.startswith(registry_data.AWAY)]
    assert not running.empty
    assert set(running["scan"]) == {"counted"}
    assert running["first pushed"].notna().all()


def test_the_grid_can_choose_exactly_the_services_that_run_a_critical_finding(
    registry_context: Context,
) -> None:
    expected = load_matrix(registry_context, "platform", CRITICAL, registry_context.now())
    matrix, options = grid_data(open_page("platform", CRITICAL.to_query()))
    assert ["critical", "true"] in options["chosen"]
    assert services_with(matrix, above_flags=1) == [row.service for row in expected.rows]
    assert [row.service for row in expected.rows] == [registry_data.FIXED]


@pytest.mark.usefixtures("registry_context")
def test_the_filter_of_the_inventory_can_be_cleared() -> None:
    session = open_page("inventory")
    session.toggle(key="critical").set_value(True).run()
    assert set(session.dataframe[0].value["workload"]) == {registry_data.FIXED}
    session.button(key="reldash_clear_filters").click().run()
    assert {registry_data.FIXED, registry_data.BY_PUSH_TIME} < set(
        session.dataframe[0].value["workload"]
    )


@pytest.mark.parametrize("name", ["overview", "platform", "inventory"])
@pytest.mark.usefixtures("registry_context")
def test_answers_about_critical_findings_say_of_how_many_images_scans_are_known(name: str) -> None:
    page = open_page(name, [] if name == "overview" else CRITICAL.to_query())
    shown = grid_data(page)[1]["scans"] if name == "platform" else html_of(page)
    assert re.search(
        r"Scan results are known for [0-9]+ of [0-9]+ running images; the others may have", shown
    )


@pytest.mark.usefixtures("registry_context")
def test_a_search_for_a_finding_says_of_how_many_images_findings_are_known() -> None:
    known = r"Critical and high findings are known for [0-9]+ of [0-9]+ running images"
    found = html_of(open_page("images", [("q", registry_data.CVE.name)]))
    assert re.search(r"Runs now in [0-9]+ deployments? at least", found)
    assert re.search(known, found)
    missing = html_of(open_page("images", [("q", "CVE-1999-1")]))
    assert "No match for 1 of 1 in what is known" in missing
    assert re.search(known, missing)


@pytest.mark.usefixtures("registry_context")
def test_a_quiet_mark_stands_where_an_earlier_environment_has_fixed_what_runs() -> None:
    matrix, _ = grid_data(open_page("platform"))
    assert services_with(matrix, above_flags=2) == [registry_data.FIXED]


@pytest.mark.usefixtures("registry_context")
def test_the_inventory_has_all_columns_of_registry_data() -> None:
    shown = open_page("inventory").dataframe[0]
    assert set(OF_REGISTRIES) <= set(shown.proto.column_order)


def services_with(matrix: Mapping[str, Any], *, above_flags: int) -> list[str]:
    """The services with a cell that has one of the marks beyond the flags."""
    bit = 1 << (len(matrix["flags"]) + above_flags)
    rows = {cell // len(matrix["columns"]) for cell, marks in matrix["marks"] if marks & bit}
    return [matrix["rows"][row][0] for row in sorted(rows)]


@pytest.mark.usefixtures("context")
def test_pages_of_a_fleet_without_registries_mention_none() -> None:
    board, inventory = open_page("platform"), open_page("inventory")
    assert "fix ready" not in html_of(board)
    assert not services_with(grid_data(board)[0], above_flags=2)
    assert not [
        toggle for page in (board, inventory) for toggle in page.toggle if toggle.key == "critical"
    ]
    assert not set(OF_REGISTRIES) & set(inventory.dataframe[0].proto.column_order)
