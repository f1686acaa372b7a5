"""Views of past moments, cached while the data is unchanged.

Unlike views of the present they do not age: they are recomputed only on request, after the data
has changed.
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

MAX_CACHED = 12  # cached views and the snapshots they are computed from


@dataclass(slots=True, eq=False)
class _PastViews:
    """The most recently used views of past moments."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    values: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)
    making: dict[Hashable, threading.Lock] = field(default_factory=dict)


_lock = threading.Lock()
_kept: WeakKeyDictionary[Store, _PastViews] = WeakKeyDictionary()


def load_snapshot_at(context: Context, at: datetime | None, now: datetime) -> Snapshot:
    """The fleet at a past moment (aware UTC), as of `as_of.snapshot_at`; the current one for None.

    Raises:
        ChoiceError: the moment lies in the future, or before history is kept.
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
    """Raise ChoiceError for a moment in the future or before history is kept.

    Rollouts that ended before that are deleted: the rest would look like everything there was.
    """
    try:
        refuse_future(at, now)
    except MomentError as error:
        raise ChoiceError(error.title, error.message) from error
    kept_for = context.written.rules.history.keep
    if at < now - kept_for:
        earliest = f"{_format_utc(now - kept_for)} or later ({kept_for.days} days are kept)"
        raise ChoiceError("No history that far back", f"{_format_utc(at)}: expected {earliest}")


def get_past_view(
    context: Context, key: Hashable, at: datetime, make: Callable[[], T], data: tuple[int, int]
) -> T:
    """A view of a past moment, computed by the first request and never changed.

    Args:
        context: the fleet's.
        key: identifies the view apart from the moment.
        at: the moment.
        make: computes the view (and may raise).
        data: the data revision and the cache epoch it is computed from.
    """
    with _lock:
        kept = _kept.setdefault(context.store, _PastViews())
    whole = (key, at, data, tuple(context.cluster_names), _minute_if_recent(context, at))
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
            while len(kept.values) > MAX_CACHED:
                kept.values.popitem(last=False)
        return made


def describe_past_gaps(context: Context, at: datetime, now: datetime) -> tuple[str, ...]:
    """The limits of the data about a past moment, a sentence each.

    Raises:
        ChoiceError: see `check_moment`.
        StoreError: the database cannot be reached.
    """
    check_moment(context, at, now)
    sentences = [NOT_KEPT]
    first = load_first_read_at(context)
    if first is None:
        sentences.insert(0, "No cluster has been read yet, so there is no data.")
    elif at < first:
        sentences.insert(
            0,
            f"No cluster had been read by {_format_utc(at)}; the first recorded read started "
            f"{_format_utc(first)}. What ran before is estimated from revisions, where they exist.",
        )
    return tuple(sentences)


def load_first_read_at(context: Context) -> datetime | None:
    """When the first recorded read of any cluster started; None without any read.

    Raises:
        StoreError: the database cannot be reached.
    """
    known = context.store.history.load_coverage(context.cluster_names)
    return min((covered.from_at for reads in known.values() for covered in reads), default=None)


def _minute_if_recent(context: Context, at: datetime) -> int:
    """A cache key part: the current minute while a later read may still add to the moment."""
    now = context.now()
    recent = now - at <= 2 * context.written.rules.collect.stale_after
    return int(now.timestamp()) // 60 if recent else 0


def _format_utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
