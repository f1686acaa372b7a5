"""Pages of a fleet whose clusters are found: before, without a place, refused, and found."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from reldash.domain.fleet.discovered import DiscoveredCluster, RegionRead
from reldash.services.context import Context
from reldash.services.discovery import DISCOVERY
from reldash.services.past.snapshots import load_key
from reldash.services.reports.matrix import load_gaps
from tests.integration.pages.conftest import open_context
from tests.integration.pages.screens import html_of, open_page

EU, US = "eu-west-1", "us-east-1"
ROLE = "arn:aws:iam::222222222222:role/reader"
TAGS = {"release-dashboard": "platform", "environment": "dev"}
FILE = f"""\
environments: [dev, prod]
dashboards: {{platform: {{environments: [dev, prod]}}}}
discover:
  - eks: {{regions: {EU}}}
  - eks: {{regions: {US}, role_arn: "{ROLE}", external_id: ours}}
"""


@pytest.fixture
def context(
    database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Context]:
    """The fleet before its first discovery."""
    file = tmp_path / "fleet.yaml"
    file.write_text(FILE)
    yield from open_context(monkeypatch, database_url, str(file))


def save(context: Context, *reads: RegionRead) -> None:
    lease = context.store.leases.acquire(DISCOVERY, "tests", timedelta(minutes=1))
    assert lease is not None
    context.store.discoveries.save(reads, lease)
    context.store.leases.release(lease)


def region_read(context: Context, **tags: dict[str, str]) -> RegionRead:
    """A read of the first region that finds clusters of these names, with their tags."""
    at = context.now()
    return RegionRead(
        EU,
        None,
        at,
        tuple(
            DiscoveredCluster(
                name, f"arn:aws:eks:{EU}:1:cluster/{name}", "111111111111", EU, None, each, at
            )
            for name, each in tags.items()
        ),
    )


def refused(context: Context) -> RegionRead:
    return RegionRead(
        US, ROLE, context.now(), None, "Not allowed by AWS", "missing sts:AssumeRole", "allow it"
    )


def gaps(context: Context) -> list[str]:
    return load_gaps(context, "platform", (), context.now())


def test_a_gate_knows_where_clusters_were_never_found(context: Context) -> None:
    places = [EU, f"{US} as {ROLE}"]
    assert gaps(context) == [f"no discovery yet in {each}" for each in places]
    save(context, region_read(context), refused(context))
    assert gaps(context) == [f"discovery in {places[1]} never succeeded: Not allowed by AWS"]


def test_a_gate_knows_of_clusters_that_may_have_a_place(context: Context) -> None:
    read = region_read(context, home={})
    assert read.found is not None
    untold = replace(read, found=tuple(replace(each, tags=None) for each in read.found))
    reached = replace(refused(context), found=(), error_title="")
    save(context, untold, reached)
    assert gaps(context) == [f"home in {EU}: its tags are unknown"]


def test_what_failed_after_it_was_reached_is_no_gap_of_discovery(context: Context) -> None:
    save(context, region_read(context), replace(refused(context), found=(), error_title=""))
    save(context, refused(context))
    assert gaps(context) == []


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("overview", "No cluster found yet"),
        ("platform", "No cluster found yet"),
        ("inventory", "No cluster found yet"),
        ("clusters", "Searching for clusters in AWS"),
    ],
)
def test_before_discovery_has_answered_every_page_says_so(name: str, words: str) -> None:
    session = open_page(name)
    assert not session.exception
    assert words in html_of(session)


@pytest.mark.usefixtures("context")
def test_the_clusters_page_says_where_discovery_searches() -> None:
    assert f"Regions: {EU} and {US} as {ROLE}" in html_of(open_page("clusters"))


@pytest.mark.usefixtures("context")
def test_a_refresh_before_anything_was_found_breaks_nothing() -> None:
    session = open_page("clusters")
    session.button("reldash_refresh_button").click().run()
    assert not session.exception


def test_the_clusters_page_names_regions_not_searched_yet(context: Context) -> None:
    save(context, region_read(context, home=TAGS))
    assert f"Searching for clusters in {US} as {ROLE}." in html_of(open_page("clusters"))


def test_what_is_found_is_shown_by_the_next_run_of_a_page(context: Context) -> None:
    session = open_page("clusters")
    key = load_key(context)
    save(context, region_read(context, home=TAGS))
    assert load_key(context) != key, "caches are keyed by it"
    frame = session.run().dataframe[0].value
    assert frame["cluster"].tolist() == ["home"]
    assert frame["condition"].tolist() == ["○ never read"]


def test_what_has_no_place_is_listed_with_why_and_how_to_mend_it(context: Context) -> None:
    save(context, region_read(context, home=TAGS, odd={**TAGS, "environment": "prdo"}, bare={}))
    session = open_page("clusters")
    assert [header.value for header in session.header] == ["Found, not assigned"]
    html = html_of(session)
    assert "2 EKS clusters" in html
    assert "account 111111111111, eu-west-1" in html
    assert "tag environment=&quot;prdo&quot; is not an environment of dashboard platform" in html
    assert "aws eks tag-resource --region eu-west-1" in html


def test_a_region_that_refuses_is_said_beside_what_others_found(context: Context) -> None:
    save(context, region_read(context, home=TAGS), refused(context))
    session = open_page("clusters")
    assert session.dataframe[0].value["cluster"].tolist() == ["home"]
    html = html_of(session)
    assert f"Discovery in {US}" in html
    assert "<b>Not allowed by AWS</b>: missing sts:AssumeRole" in html
    assert "<b>How to fix</b>: allow it" in html


def test_where_tags_place_no_cluster_the_page_says_so(context: Context) -> None:
    save(context, region_read(context, bare={}), refused(context))
    html = html_of(open_page("clusters"))
    assert "No discovered cluster is assigned to the fleet" in html


def test_where_nothing_is_found_the_page_says_so(context: Context) -> None:
    save(context, region_read(context), replace(refused(context), found=(), error_title=""))
    html = html_of(open_page("clusters"))
    assert "No cluster found" in html
    assert "below is why" not in html


def test_where_nothing_is_found_and_aws_refuses_the_page_says_both(context: Context) -> None:
    save(context, region_read(context), refused(context))
    html = html_of(open_page("clusters"))
    assert "Discovery failed in some regions; the causes are below" in html
    assert f"Discovery in {US}" in html
