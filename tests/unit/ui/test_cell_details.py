"""What the details of a cell say and link to, besides its images."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from reldash.domain.drift.gaps import Gap
from reldash.domain.drift.states import State
from reldash.domain.fleet.rules import LinkRules
from reldash.domain.matrix.cells import Cell
from reldash.ui.dashboard.details import render_cell
from tests.unit.builders import NOW, days_ago, minutes_ago
from tests.unit.place_builders import RULES, SOURCE, TRACKING, place

EU = place(cluster="prod-eu", annotations={TRACKING: "api-eu:apps/Deployment:shop/api"})
US = place(cluster="prod-us", annotations={TRACKING: "api-us:apps/Deployment:shop/api"})
STG = place(environment="stg", version="1.6.0", since=days_ago(12))
CELL = Cell(
    "1.4.2",
    State.BEHIND,
    reason="prod runs 1.4.2, stg 1.6.0: 2 minor versions behind for 12 d, by semver order",
    baseline="stg",
    baseline_version="1.6.0",
    method="semver",
    since=days_ago(40),
    places=(EU, US),
)


class Links(HTMLParser):
    """The links of a piece of HTML, each with its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[dict[str, str | None], str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found.append((dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.found and not self.found[-1][1]:
            self.found[-1] = (self.found[-1][0], data)


def html_of(cell: Cell = CELL, links: LinkRules = RULES) -> str:
    return "".join(render_cell("api", "prod", cell, None, NOW, links=links, compared_with=STG))


def test_what_is_not_fully_known_shows_its_last_state_and_what_it_counts_as() -> None:
    gap = Gap("prod-us", "prod-us was last read 12 min ago", minutes_ago(12))
    html = html_of(replace(CELL, state=State.UNKNOWN, last_known=State.IN_STEP, gaps=(gap,)))
    assert "</span> was in step</span>" in html
    assert "<dt>Not fully known</dt><dd>counts as unknown</dd>" in html


def test_how_a_tag_was_read_stands_in_the_details() -> None:
    line = "1.4.2: base 1.4.2; before 1.6.0 because base 1.4.2 comes before 1.6.0 (tag order)"
    html = "".join(render_cell("api", "prod", CELL, None, NOW, readings=(line,)))
    assert f"<dt>Tag read as</dt><dd><div>{line}</div></dd>" in html


def test_versions_that_disagree_are_shown_with_where_they_run() -> None:
    where = {"5.1.3": "prod-us", "5.2.0": "prod-eu"}
    html = html_of(replace(CELL, versions=(("5.1.3", 1), ("5.2.0", 1)), where=where))
    assert ">5.1.3 prod-us (5.2.0 prod-eu)</span>" in html
    assert "<dd>5.1.3 in prod-us, 5.2.0 in prod-eu</dd>" in html


def test_the_rule_is_told_with_its_order_and_since_when_both_sides_run() -> None:
    html = html_of()
    assert f"<p>{CELL.reason}</p>" in html
    assert "<dt>Ordered by</dt><dd>semver</dd>" in html
    compared = html.partition("<dt>Compared with</dt>")[2].partition("</dd>")[0]
    assert compared.startswith("<dd>stg: 1.6.0, there for <time")
    assert 'title="Since 2026-11-08 12:00:00 UTC"' in compared
    assert ">12 d</time>" in compared
    assert "<dt>Runs since</dt><dd><time" in html


def test_a_time_that_revisions_tell_of_the_baseline_is_called_approximate() -> None:
    stg = replace(STG, since_approximate=True)
    html = "".join(render_cell("api", "prod", CELL, None, NOW, compared_with=stg))
    assert "stg: 1.6.0, there for about <time" in html


def test_links_that_all_places_share_stand_once_above_them() -> None:
    head, _, places = html_of().partition('<section class="rd-place">')
    assert head.count("<dt>Source</dt>") == 1
    assert places.count("<dt>Source</dt>") == 0
    assert "<dt>Argo CD</dt>" not in head
    assert places.count("<dt>Argo CD</dt>") == 2


def test_links_open_beside_the_page_and_tell_nothing_of_it() -> None:
    found = Links(html_of()).found
    assert {text for _, text in found} >= {"api-eu", "api-us", "Logs", "registry.example.com"}
    for attributes, _ in found:
        assert attributes["target"] == "_blank"
        assert attributes["rel"] == "noopener noreferrer"


@pytest.mark.parametrize(
    "hostile",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        " javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        '"><script>alert(1)</script>',
        "https://git.example.com/' onclick='alert(1)",
    ],
)
def test_no_label_or_annotation_becomes_a_script(hostile: str) -> None:
    names = ["argocd.argoproj.io/instance", "helm.sh/chart"]
    names += [f"kustomize.toolkit.fluxcd.io/{part}" for part in ("name", "namespace")]
    labels = dict.fromkeys(names, hostile)
    annotations = {
        SOURCE: hostile,
        "org.opencontainers.image.revision": hostile,
        "meta.helm.sh/release-name": hostile,
        "meta.helm.sh/release-namespace": hostile,
    }
    at = replace(EU, labels=labels, annotations=annotations, workload=hostile, image=hostile)
    html = html_of(replace(CELL, places=(at,)))
    assert "<script" not in html
    for attributes, _ in Links(html).found:
        assert set(attributes) == {"href", "target", "rel"}
        assert (attributes["href"] or "").startswith("https://")


def test_a_cell_without_templates_still_says_what_delivered_it() -> None:
    html = html_of(links=LinkRules())
    assert "<dt>Argo CD</dt><dd><span>api-eu</span></dd>" in html
    assert Links(html).found == []
