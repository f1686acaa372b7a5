"""The expected promotions, derived from what the reads saw, without any code under test."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from tests.integration.history.expected_changes import is_start_known
from tests.integration.history.oracle import Oracle, Span

# Environments that a release comes from, nearest first, by dashboard and environment. Customers'
# copies in stg come from dev, since their dashboard has no lit.
SOURCES: dict[str, dict[str, tuple[str, ...]]] = {
    "platform": {
        "dev": (),
        "lit": ("dev",),
        "shared": (),
        "stg": ("lit", "dev"),
        "prod": ("stg", "lit", "dev"),
    },
    "customer-solutions": {"dev": (), "stg": ("dev",), "prod": ("stg", "dev")},
}


class ExpectedPromotion(NamedTuple):
    """A version's promotion to an environment; `took` is None if the lead time is unknown."""

    service: str
    customer: str
    version: str
    from_environment: str
    to_environment: str
    from_at: datetime
    to_at: datetime
    took: timedelta | None
    approximate: bool
    skipped: tuple[str, ...]


_Location = tuple[str, str]  # environment, customer


def expected_promotions(oracle: Oracle) -> Iterator[ExpectedPromotion]:
    """All promotions of both dashboards, in no order."""
    for (dashboard, service, version), arrived in _arrivals(oracle).items():
        for (environment, customer), span in arrived.items():
            chain = SOURCES[dashboard][environment]
            source = _source(chain, customer, span, arrived)
            if source is None or not is_start_known(oracle, span):
                continue
            yield ExpectedPromotion(
                service, customer, version, source.place.environment, environment,
                source.started_at, span.started_at,
                span.started_at - source.started_at if is_start_known(oracle, source) else None,
                _is_start_approximate(oracle, source) or _is_start_approximate(oracle, span),
                chain[: chain.index(source.place.environment)],
            )  # fmt: skip


def _arrivals(oracle: Oracle) -> Mapping[tuple[str, str, str], dict[_Location, Span]]:
    """The first span that became ready, by dashboard, service and version, then by location."""
    found: defaultdict[tuple[str, str, str], dict[_Location, Span]] = defaultdict(dict)
    for place, spans in oracle.spans.items():
        dashboard = "customer-solutions" if place.cluster == "solutions" else "platform"
        where = place.environment, place.customer
        for span in spans:
            if span.ready_at is None:
                continue
            arrived = found[dashboard, spans[-1].name, span.build.version]
            if where not in arrived or span.started_at < arrived[where].started_at:
                arrived[where] = span
    return found


def _source(
    chain: tuple[str, ...], customer: str, span: Span, arrived: Mapping[_Location, Span]
) -> Span | None:
    """The customer's copy in an earlier environment if it had it by then, else the shared one."""
    for owner in dict.fromkeys((customer, "")):
        for environment in chain:
            found = arrived.get((environment, owner))
            if found is not None and found.started_at <= span.started_at:
                return found
    return None


def _is_start_approximate(oracle: Oracle, span: Span) -> bool:
    """Whether reads were too far apart to know when it started."""
    return span.before is not None and oracle.is_gap(span.before, span.started_at)
