"""The expected changes, derived from what the reads saw, without any code under test."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from tests.integration.history.oracle import Oracle, Span
from tests.integration.history.script import Build, Place

# The start of a workload is known at its first read if it was created this shortly before.
JUST_MADE = timedelta(hours=1)


class ExpectedChange(NamedTuple):
    """A change in a place; `gap` is set if reads were too far apart to know its time."""

    at: datetime
    place: Place
    kind: str
    before: str
    after: str
    gap: tuple[datetime, datetime] | None


def expected_changes(oracle: Oracle) -> Iterator[ExpectedChange]:
    """All changes of all places, in no order."""
    for place, spans in oracle.spans.items():
        if spans:
            yield from _of_place(oracle, place, spans)
        for running, span in oracle.unfinished[place]:
            versions = running.build.version, span.build.version
            gap = _gap(oracle, span) if running.started_at < span.started_at else None
            yield ExpectedChange(span.started_at, place, "unfinished", *versions, gap)


def _of_place(oracle: Oracle, place: Place, spans: Sequence[Span]) -> Iterator[ExpectedChange]:
    first, last = spans[0], spans[-1]
    if is_start_known(oracle, first):
        yield ExpectedChange(
            first.started_at, place, "new", "", first.build.version, _gap_of_new(oracle, first)
        )
    seen: list[Build] = []
    for before, after in pairwise(spans):
        seen.append(before.build)
        versions = before.build.version, after.build.version
        gap = _gap(oracle, after)
        if before.ended_at != after.started_at:
            yield _removed(oracle, before)
            yield ExpectedChange(after.started_at, place, "returned", *versions, gap)
        elif after.build in seen[:-1] and seen.index(after.build) < seen.index(before.build):
            yield ExpectedChange(after.started_at, place, "rollback", *versions, gap)
        elif versions[0] == versions[1]:
            yield ExpectedChange(after.started_at, place, "rebuilt", *versions, gap)
        else:
            yield ExpectedChange(after.started_at, place, "changed", *versions, gap)
    if last.ended_at is not None:
        yield _removed(oracle, last)


def is_start_known(oracle: Oracle, span: Span) -> bool:
    """Whether the place was read before, or its workload had just been created."""
    return span.before is not None or span.started_at - _made_at(oracle, span) <= JUST_MADE


def _made_at(oracle: Oracle, span: Span) -> datetime:
    """The creation time of the workload, in whole seconds."""
    state = oracle.script.state(span.place, span.started_at)
    assert state is not None
    return state.made_at.replace(microsecond=0)


def _gap_of_new(oracle: Oracle, span: Span) -> tuple[datetime, datetime] | None:
    """The gap before a first span, which cannot start before its workload was created."""
    gap = _gap(oracle, span)
    return gap and (max(gap[0], _made_at(oracle, span)), gap[1])


def _removed(oracle: Oracle, span: Span) -> ExpectedChange:
    assert span.ended_at is not None
    assert span.gone_before is not None
    gap = span.gone_before, span.ended_at
    return ExpectedChange(span.ended_at, span.place, "removed", span.build.version, "",
                    gap if oracle.is_gap(*gap) else None)  # fmt: skip


def _gap(oracle: Oracle, span: Span) -> tuple[datetime, datetime] | None:
    if span.before is None or not oracle.is_gap(span.before, span.started_at):
        return None
    return span.before, span.started_at
