"""Reading registries: done by a collector, one process at a time, nothing twice within its time.

What DescribeImages tells is read for all that runs. Manifests of indexes and findings of scans
cost more, and are read for what somebody looked at (`look_at`).
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from weakref import WeakKeyDictionary

from reldash.domain.images import DigestKind
from reldash.domain.looks import Look
from reldash.services.context import Context
from reldash.services.registry_due import EcrImages, transform_running
from reldash.services.registry_round import RegistryRound
from reldash.services.snapshots import load_snapshot
from reldash.store import Lease, Store

REGISTRIES: Final = "@registries"  # its lease, and what a look asks for
INTERVAL: Final = timedelta(seconds=5)  # how soon somebody who looks is served
LIFETIME: Final = timedelta(days=30)  # of facts of images that run nowhere any more

# How soon what runs is looked through again: sooner where data moved, but so that no more than
# one part in COST_SHARE of the time goes into it.
LOOK_THROUGH_SECONDS: Final = 30.0
MOVED_SECONDS: Final = 5.0
COST_SHARE: Final = 20
KEEP_SECONDS: Final = 6 * 3600.0  # between two times of forgetting what nobody wants
LOOK_RETRY: Final = timedelta(minutes=2)  # for what was asked for in vain


@dataclass(slots=True)
class _Last:
    """What the last round of this process knew; times are of `time.monotonic()`."""

    revision: int = -1
    began: float = float("-inf")
    cost: float = 0.0  # seconds that finding out what runs took
    kept: float = float("-inf")


_last: WeakKeyDictionary[Store, _Last] = WeakKeyDictionary()


def read_registries(context: Context, lease: Lease) -> None:
    """Ask registries for whatever is due. Quick where nothing is, and nothing is asked then.

    Raises:
        StoreError: the database cannot be reached, or another process has taken over.
    """
    store = context.store
    last = _last.setdefault(store, _Last())
    wanted = [
        each
        for each in store.registries.load_wanted()
        if each.rested is None or each.rested >= LOOK_RETRY
    ]
    revision, began = store.load_revision()[0], time.monotonic()
    rest = (
        max(MOVED_SECONDS, COST_SHARE * last.cost)
        if revision != last.revision
        else LOOK_THROUGH_SECONDS
    )
    if not wanted and began - last.began < rest:
        return
    running = transform_running(store.registries.load_running(context.cluster_names))
    last.revision, last.began, last.cost = revision, began, time.monotonic() - began
    RegistryRound(context, running, lease).read(wanted)
    if began - last.kept >= KEEP_SECONDS:
        _forget_others(context, running, lease)
        last.kept = began


def _forget_others(context: Context, running: EcrImages, lease: Lease) -> None:
    """Delete facts of images that have not run anywhere for `LIFETIME`."""
    digests = {digest for found in running.digests.values() for digest in found}
    tags = [
        (registry.host, repository, tag)
        for (registry, repository), found in running.tags.items()
        for tag in found
    ]
    context.store.registries.keep(digests, tags, LIFETIME, lease)


def look_at(context: Context, digests: Iterable[str], *, findings: bool) -> None:
    """Ask for what is not read by itself of images, because somebody looks at them.

    Returns at once; what a collector finds out moves the data's revision. May be called again and
    again while somebody looks.

    Args:
        context: the fleet's.
        digests: "sha256:...", of indexes or manifests; those that no registry told of are left out.
        findings: whether single findings are looked at; manifests of indexes always are.

    Raises:
        StoreError: the database cannot be reached.
    """
    if not context.written.registry.enabled:
        return
    facts = load_snapshot(context).facts
    known = [each for each in digests if each in facts.pushes or each in facts.kinds]
    store = context.store
    indexes = [
        each
        for each in known
        if facts.kind(each) is DigestKind.INDEX and each not in facts.platforms
    ]
    noted = bool(indexes) and store.registries.look(indexes, Look.CHILDREN)
    if findings and known:
        noted = store.registries.look(known, Look.FINDINGS) or noted
    if noted:
        store.request_refresh([REGISTRIES])
