"""Every page renders over real data, and says what its reader came for."""

import re

import pytest

from reldash import __version__
from reldash.domain.matrix.filters import Filter
from reldash.services.context import Context
from reldash.services.reports.matrix import load_matrix
from tests.integration.pages.screens import html_of, open_page

PAGES = {
    "overview": "Overview",
    "platform": "Platform",
    "customer_solutions": "Customer Solutions",
    "inventory": "Inventory",
    "compare": "Compare",
    "history": "History",
    "images": "Images",
    "clusters": "Clusters",
}

pytestmark = pytest.mark.usefixtures("context")


@pytest.mark.parametrize(("name", "title"), PAGES.items())
def test_a_page_renders_without_an_exception(name: str, title: str) -> None:
    session = open_page(name)
    assert not session.exception
    assert not session.error
    assert [element.value for element in session.title] == [title]


@pytest.mark.parametrize("name", PAGES)
def test_every_page_says_how_old_its_data_is(name: str) -> None:
    assert "Data read" in html_of(open_page(name))


@pytest.mark.parametrize("name", ["overview", "platform", "clusters"])
def test_a_cluster_that_was_never_read_is_named_with_its_reason(name: str) -> None:
    assert "<b>platform-shared-us</b>: Credentials rejected (401), never read" in html_of(
        open_page(name)
    )


def test_a_page_names_only_the_clusters_that_it_shows() -> None:
    assert "platform-shared-us" not in html_of(open_page("customer_solutions"))


def test_the_clusters_page_says_how_to_mend_what_fails() -> None:
    html = html_of(open_page("clusters"))
    assert "<b>How to fix</b>: " in html
    assert "Could not be read" in html  # platform-prod-edge may not list pods


def test_the_clusters_page_has_a_row_for_every_cluster(context: Context) -> None:
    frame = open_page("clusters").dataframe[0].value
    assert frame["cluster"].tolist() == context.cluster_names
    assert set(frame["condition"]) == {"✓ current", "○ never read"}


def test_the_clusters_page_distinguishes_unread_from_absent() -> None:
    frame = open_page("clusters").dataframe[0].value.set_index("cluster")
    unread = frame["not read"]
    assert unread[unread != ""].to_dict() == {
        "platform-prod-edge": "Pods",
        "solutions-prod-ch": "namespaces besides cust-helvetia and cust-matterhorn",
    }
    assert frame["pods"].isna().to_dict() == {
        name: name in {"platform-prod-edge", "platform-shared-us"} for name in frame.index
    }
    for column in ("workloads", "invalid objects"):
        assert frame[column].isna().sum() == 1  # of the one that was never read


def test_the_account_page_shows_the_version() -> None:
    captions = [caption.value for caption in open_page("account").caption]
    assert captions[-1] == f"Release dashboard {__version__}"


def test_details_show_each_place_of_the_cell_that_the_url_names(context: Context) -> None:
    html = html_of(open_page("platform", [("service", "card-vault"), ("column", "prod")]))
    matrix = load_matrix(context, "platform", Filter(), context.now())
    places = matrix.cell("card-vault", "prod").places
    assert len(places) > 1
    for place in places:
        assert f"{place.cluster} / {place.namespace} / {place.workload}" in html
        assert place.image in html
        assert all(digest in html for digest in place.digests)


def test_details_list_the_last_rollouts_of_their_places() -> None:
    html = html_of(open_page("platform", [("service", "card-vault"), ("column", "prod")]))
    table = html.partition('aria-label="Recent rollouts"')[2].partition("</table>")[0]
    assert table.count("2.6.0-hotfix.1</span>") == 2
    assert table.count("after 2.6.0</span>") == 2
    assert table.count("runs now") == 2


def test_details_say_since_when_both_sides_of_a_comparison_run() -> None:
    html = html_of(open_page("platform", [("service", "invoicing"), ("column", "prod")]))
    assert "<dd>stg: 2.14.1, there for about <time" in html
    assert "<dt>Ordered by</dt><dd>semver</dd>" in html
    assert re.search(r"<dt>Tag read as</dt><dd><div>\S+: base [^;]+; before \S+ because ", html)


def test_details_of_a_cell_that_is_gone_say_so() -> None:
    html = html_of(open_page("platform", [("service", "no-such"), ("column", "prod")]))
    assert "no-such is no longer in prod" in html


def test_a_second_run_only_checks_whether_the_data_changed(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = open_page("platform")

    def load_again(*_: object) -> None:
        raise AssertionError("the snapshot was loaded again")

    monkeypatch.setattr(context.store.snapshots, "load", load_again)
    monkeypatch.setattr(context.store.snapshots, "refresh", load_again)
    session.run()
    assert not session.exception
