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
    def _found(self) -> dict[Place, tuple[list[Span], list[tuple[Span, Span]]]]:
        return {
            place: _Follower(place).follow(place_reads)
            for place, place_reads in self.place_reads.items()
        }

    @cached_property
    def spans(self) -> dict[Place, list[Span]]:
        """The spans in which each build ran, oldest first."""
        return {place: ran for place, (ran, _) in self._found.items()}

    @cached_property
    def unfinished(self) -> dict[Place, list[tuple[Span, Span]]]:
        """The spans of rollouts that never became ready, each after the span that went on."""
        return {place: unfinished for place, (_, unfinished) in self._found.items()}

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


class _Follower:
    """Follows the reads of a place.

    While a rollout is not ready, its pods of the build before go on: that build runs. If it is
    ready later, it ran from its start; if never, it is unfinished.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self._ran: list[Span] = []
        self._unfinished: list[tuple[Span, Span]] = []
        self._open: Span | None = None
        self._coming: tuple[Span, Span] | None = None  # after the span open at its start

    def follow(
        self, place_reads: Sequence[PlaceRead]
    ) -> tuple[list[Span], list[tuple[Span, Span]]]:
        """The spans that ran, and those that never became ready, each oldest first."""
        for read in place_reads:
            if read.state is None:
                self._end(read.at, read.before)
                self._give_up()
                continue
            self._see_running(read, read.state)
            self._see_coming(read, read.state)
        self._give_up()
        return [*self._ran, *([self._open] if self._open else [])], self._unfinished

    def _see_running(self, read: PlaceRead, state: State) -> None:
        if state.is_ready:
            self._see(state.build, read, state)
        elif not self._is_same_image(state):
            assert state.leaving is not None
            self._see(state.leaving, read, state)

    def _see(self, build: Build, read: PlaceRead, state: State) -> None:
        open_ = self._open
        if open_ is not None and open_.build.push == 0 and self._is_one_image(open_.build, build):
            ready_at = open_.ready_at or read.at
            self._open = replace(open_, build=build, name=state.name, ready_at=ready_at)
        elif open_ is not None and open_.build == build:
            name = state.name if state.is_ready else open_.name
            self._open = replace(open_, name=name)
        else:
            start, before = self._start(build, read)
            self._end(start, before)
            self._open = Span(self._place, build, state.name, start, None, read.at, before)

    def _start(self, build: Build, read: PlaceRead) -> tuple[datetime, datetime | None]:
        """When a build that is ready started, and the read before."""
        if self._coming is not None:
            after, coming = self._coming
            if coming.build.version == build.version and coming.started_at > after.started_at:
                self._coming = None
                return coming.started_at, coming.before
        return read.at, read.before

    def _see_coming(self, read: PlaceRead, state: State) -> None:
        is_other = not state.is_ready and not self._is_same_image(state)
        if self._coming is not None:
            version = self._coming[1].build.version
            if is_other and version == state.build.version:
                return
            if state.is_ready and version == state.build.version:
                self._coming = None
            self._give_up()
        if is_other:
            assert self._open is not None
            none_seen = Build(state.build.version, 0)
            span = Span(self._place, none_seen, state.name, read.at, None, None, read.before)
            self._coming = self._open, span
        elif self._open is None:
            none_seen = Build(state.build.version, 0)
            self._open = Span(self._place, none_seen, state.name, read.at, None, None, read.before)

    def _is_same_image(self, state: State) -> bool:
        """Whether the image requested is the open one, or that of the pods that are leaving."""
        known = self._open.build if self._open is not None else state.leaving
        return known is not None and self._is_one_image(known, state.build)

    def _is_one_image(self, one: Build, other: Build) -> bool:
        return self._place.service == MOVING or one.version == other.version

    def _end(self, at: datetime, before: datetime | None) -> None:
        if self._open is not None:
            self._ran.append(replace(self._open, ended_at=at, gone_before=before))
        self._open = None

    def _give_up(self) -> None:
        if self._coming is not None:
            self._unfinished.append(self._coming)
        self._coming = None
