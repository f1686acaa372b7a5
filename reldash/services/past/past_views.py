"""What was at past moments: loaded once for whoever asks, and kept while the data stands.

What was does not grow older by itself, as views of now do: it is made again only when the data has
moved, and when somebody asks.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from reldash.domain.fleet.choices import ChoiceError
from reldash.domain.history.as_of import NOT_KEPT
from reldash.domain.moments import MomentError, refuse_future
from reldash.domain.registries.facts import NO_FACTS
from reldash.domain.workloads.snapshot import Snapshot
from reldash.services.context import Context
from reldash.services.past.snapshots import load_key, load_snapshot
from reldash.store import Store

T = TypeVar("T")

MOST_KEPT = 12  # views of the past, and the snapshots that they are made of


@dataclass(slots=True, eq=False)
class _Kept:
    """The last views of the past that were asked for."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    values: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)
    making: dict[Hashable, threading.Lock] = field(default_factory=dict)


_lock = threading.Lock()
_kept: WeakKeyDictionary[Store, _Kept] = WeakKeyDictionary()


def load_snapshot_at(context: Context, at: datetime | None, now: datetime) -> Snapshot:
    """The fleet at a past moment (aware UTC), as of `as_of.snapshot_at`; the current one for None.

    Raises:
        ChoiceError: the moment has not come yet, or lies longer ago than history is kept.
        StoreError: the database cannot be reached.
    """
    if at is None:
        return load_snapshot(context)
    check_moment(context, at, now)

    def load() -> Snapshot:
        found = context.store.snapshots.load_at(context.cluster_names, at)
        return found if context.written.registry.enabled else replace(found, facts=NO_FACTS)

    return get_past_view(context, "snapshot", at, load, load_key(context))


def check_moment(context: Context, at: datetime, now: datetime) -> None:
    """Raise ChoiceError for a moment that has not come yet, or that all is forgotten of.

    What ended before history is kept is deleted: what is left would pass for all there was.
    """
    try:
        refuse_future(at, now)
    except MomentError as error:
        raise ChoiceError(error.title, error.message) from error
    kept = context.written.rules.history.keep
    if at < now - kept:
        raise ChoiceError(
            "Longer ago than history is kept",
            f"{_words(at)}: expected {_words(now - kept)} or later ({kept.days} days are kept)",
        )


def get_past_view(
    context: Context, key: Hashable, at: datetime, make: Callable[[], T], data: tuple[int, int]
) -> T:
    """A view of a past moment, made by the first who asks for it, and never changed.

    Args:
        context: whose.
        key: what it is, but for the moment.
        at: the moment.
        make: makes it (and may raise).
        data: the data revision and the cache epoch that it is made of.
    """
    with _lock:
        kept = _kept.setdefault(context.store, _Kept())
    whole = (key, at, data, tuple(context.cluster_names), _passing(context, at))
    with kept.lock:
        making = kept.making.setdefault(whole, threading.Lock())
    with making:
        with kept.lock:
            if whole in kept.values:
                kept.values.move_to_end(whole)
                found: T = kept.values[whole]
                return found
        try:
            made = make()
        finally:
            with kept.lock:
                kept.making.pop(whole, None)
        with kept.lock:
            kept.values[whole] = made
            while len(kept.values) > MOST_KEPT:
                kept.values.popitem(last=False)
        return made


def describe_past_gaps(context: Context, at: datetime, now: datetime) -> tuple[str, ...]:
    """What of a past moment is not known: a sentence each.

    Raises:
        ChoiceError: as `check_moment`.
        StoreError: the database cannot be reached.
    """
    check_moment(context, at, now)
    sentences = [NOT_KEPT]
    first = load_first_read_at(context)
    if first is None:
        sentences.insert(0, "No cluster has been read yet, so nothing is known.")
    elif at < first:
        sentences.insert(
            0,
            f"No cluster had been read by {_words(at)}: the first read that is known began "
            f"{_words(first)}. What ran before is known from revisions alone, where they tell it.",
        )
    return tuple(sentences)


def load_first_read_at(context: Context) -> datetime | None:
    """When the first read of any cluster began that is known; None before there was one.

    Raises:
        StoreError: the database cannot be reached.
    """
    known = context.store.history.load_coverage(context.cluster_names)
    return min((covered.from_at for reads in known.values() for covered in reads), default=None)


def _passing(context: Context, at: datetime) -> int:
    """Moves by the minute while the next read may still tell of a moment, without data moving."""
    now = context.now()
    recent = now - at <= 2 * context.written.rules.collect.stale_after
    return int(now.timestamp()) // 60 if recent else 0


def _words(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
