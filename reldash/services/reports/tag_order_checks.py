"""Services whose tags have no order by text, each with a rule for the fleet file to copy."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

import yaml

from reldash.domain.matrix.filters import Filter
from reldash.domain.phrases import listed
from reldash.domain.versions.rule_suggestion import suggest_pattern, unordered_pair
from reldash.domain.versions.tag_parts import Kind
from reldash.domain.versions.tag_rules import TagRules
from reldash.services.context import Context
from reldash.services.reports.matrix import load_whole_matrix
from reldash.services.reports.tag_reading import is_tag, tag_rules_of

MOST_NAMED: Final = 50  # services
HOW: Final = "if its numbers count from left to right"


class UnorderedTags(NamedTuple):
    """A service with tags that its text does not order.

    `snippet` is a `versions` section for the fleet file, or an entry of it, in one line with a
    comment; "" where none can be offered.
    """

    service: str
    words: str
    snippet: str


def find_unordered_tags(context: Context, now: datetime) -> list[UnorderedTags]:
    """The services whose running tags are not ordered by their text, by name.

    Services with commits for tags share the last entry: no rule makes an order of commits.

    Raises:
        StoreError: the database cannot be reached.
    """
    tags: dict[str, set[str]] = {}
    rules: dict[str, TagRules] = {}
    for dashboard in context.rules.dashboards:
        matrix = load_whole_matrix(context, dashboard, Filter(), now)
        for row in matrix.rows:
            cells = [matrix.cell(row.service, column.key) for column in matrix.columns]
            places = [place for cell in cells for place in cell.places]
            versions = {place.version for place in places if is_tag(place.version)}
            tags.setdefault(row.service, set()).update(versions)
            rules[row.service] = tag_rules_of(context.rules, row.service, places)
    found = []
    commits = []
    for service in sorted(tags):
        pair = unordered_pair(tags[service], rules[service])
        if pair is None:
            continue
        pattern = suggest_pattern(tags[service], rules[service])
        if pattern is None and all(rules[service].read(tag).kind is Kind.COMMIT for tag in pair):
            commits.append(service)
            continue
        words = f"{pair[0]} and {pair[1]} are not ordered by their text"
        snippet = versions_snippet(service, pattern, context.rules.versions) if pattern else ""
        found.append(UnorderedTags(service, words, snippet))
    return [*_limited(found), *_of_commits(commits)]


def versions_snippet(service: str, pattern: str, present: Iterable[object] = ()) -> str:
    """A rule as YAML in one line: the section `versions`, or an entry where rules are present."""
    rule = {"services": service, "pattern": pattern}
    entry = yaml.safe_dump(
        rule, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10_000
    ).strip()
    if any(True for _ in present):
        return f"- {entry}  # under versions, {HOW}"
    return f"versions: [{entry}]  # {HOW}"


def _limited(found: list[UnorderedTags]) -> list[UnorderedTags]:
    more = len(found) - MOST_NAMED
    rest = [UnorderedTags("other services", f"{more} more have tags like these", "")]
    return found[:MOST_NAMED] + (rest if more > 0 else [])


def _of_commits(services: list[str]) -> list[UnorderedTags]:
    if not services:
        return []
    more = len(services) - MOST_NAMED
    names = services[:MOST_NAMED] + ([f"{more} more"] if more > 0 else [])
    words = f"{listed(names)}: tags are commits, ordered by push time or first rollout alone"
    return [UnorderedTags("services by commit", words, "")]
