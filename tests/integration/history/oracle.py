"""The expected history, from the script and the times of its reads, without any code under test.

A read sees the state of a place at its moment; between two reads a place is assumed to be as the
first of them saw it.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from functools import cached_property
from typing import NamedTuple

from tests.integration.history.release_plan import MOVING
from tests.integration.history.script import Build, Place, Script, State


class Knowledge(Enum):
    """Whether the state of a place is known at a moment."""

    UNKNOWN = "unknown"  # never read by then, or too long ago
    ABSENT = "absent"
    RUNS = "runs"


class Answer(NamedTuple):
    """Knowledge of a place at a moment, with the state as last seen."""

    known: Knowledge
    state: State | None


class PlaceRead(NamedTuple):
    """The state of a place at a read; `before` is the time of the previous read."""

    at: datetime
    state: State | None
    before: datetime | None


@dataclass(frozen=True, slots=True)
class Span:
    """An interval from the first read that saw a build to the first that no longer saw it.

    Attributes:
        build: its `push` is 0 if no pod of it was ever seen running.
        name: the service name when it was last seen.
        ready_at: the first read that saw it ready.
        before: the time of the place's last read before `started_at`.
        gone_before: the time of its last read before `ended_at`.
    """

    place: Place
    build: Build
    name: str
    started_at: datetime
    ended_at: datetime | None
    ready_at: datetime | None
    before: datetime | None
    gone_before: datetime | None = None


class Oracle:
    """Derives the expected history from the script alone."""

    def __init__(self, script: Script, stale_after: timedelta) -> None:
        self.script = script
        self.stale_after = stale_after

    @cached_property
    def place_reads(self) -> dict[Place, list[PlaceRead]]:
        """All reads of each place that could list it, oldest first."""
        found = {}
        for place in self.script.state_changes:
            times = [
                read.at
                for read in self.script.reads[place.cluster]
                if place.kind not in read.unread
            ]
            earlier_times = [None, *times]
            found[place] = [
                PlaceRead(at, self.script.state(place, at), before)
                for at, before in zip(times, earlier_times, strict=False)
            ]
        return found

    @cached_property
    def spans(self) -> dict[Place, list[Span]]:
        """The spans of each place, oldest first."""
        return {
            place: _spans(place, place_reads) for place, place_reads in self.place_reads.items()
        }

    def as_of(self, place: Place, at: datetime) -> Answer:
        """Return what is known of a place at a moment."""
        place_reads = self.place_reads[place]
        position = bisect_right(place_reads, at, key=lambda read: read.at)
        if not position:
            return Answer(Knowledge.UNKNOWN, None)
        seen = place_reads[position - 1]
        if at - seen.at > self.stale_after:
            return Answer(Knowledge.UNKNOWN, seen.state)
        return Answer(Knowledge.ABSENT if seen.state is None else Knowledge.RUNS, seen.state)

    def running(self, place: Place, at: datetime) -> tuple[str, Build] | None:
        """Name and build of a service as last seen; None if it was absent.

        Until the new build was seen ready, the one that was ready before counts.
        """
        spans = self.spans[place]
        number = next((i for i, span in enumerate(spans) if is_open(span, at)), None)
        if number is None:
            return None
        span, before = spans[number], spans[number - 1] if number else None
        is_coming = span.ready_at is None or span.ready_at > at
        if is_coming and before and before.ready_at and before.ended_at == span.started_at:
            return span.name, before.build
        return span.name, span.build

    def was_read(self, cluster: str, kind: str, at: datetime) -> bool:
        """Whether workloads of a kind were listed in a cluster recently enough at a moment."""
        reads = self.script.reads[cluster]
        return any(
            kind not in read.unread and timedelta(0) <= at - read.at <= self.stale_after
            for read in reads
        )

    def is_gap(self, before: datetime, at: datetime) -> bool:
        """Whether two reads are so far apart that the time between them is unknown."""
        return at - before > self.stale_after


def is_open(span: Span, at: datetime) -> bool:
    """Whether a moment lies in a span."""
    return span.started_at <= at and (span.ended_at is None or at < span.ended_at)


def _spans(place: Place, place_reads: Sequence[PlaceRead]) -> list[Span]:
    found: list[Span] = []
    open_: Span | None = None
    for read in place_reads:
        state = read.state
        if open_ is not None and (state is None or _is_other(place, open_.build, state)):
            found.append(replace(open_, ended_at=read.at, gone_before=read.before))
            open_ = None
        if state is None:
            continue
        if open_ is None:
            open_ = Span(place, Build("", 0), "", read.at, None, None, read.before)
        open_ = _seen_again(open_, read.at, state)
    return [*found, open_] if open_ is not None else found


def _is_other(place: Place, running: Build, state: State) -> bool:
    """Whether a read sees another image requested, or another build of the same image running."""
    if place.service != MOVING and running.version != state.build.version:
        return True
    return state.is_ready and running.push != 0 and running != state.build


def _seen_again(span: Span, at: datetime, state: State) -> Span:
    if state.is_ready:
        ready_at = span.ready_at or at
        return replace(span, build=state.build, name=state.name, ready_at=ready_at)
    if span.started_at == at:
        return replace(span, build=Build(state.build.version, 0), name=state.name)
    return span
