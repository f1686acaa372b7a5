"""Reading registries: done by a collector, one process at a time, nothing twice within its time.

What DescribeImages tells is read for all that runs. Manifests of indexes and findings of scans
cost more, and are read for what somebody looked at (`request_details`).
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from weakref import WeakKeyDictionary

from reldash.domain.images.references import DigestKind
from reldash.domain.registries.facts import RegistryFacts
from reldash.domain.registries.merge import ATTESTATION
from reldash.domain.registries.on_demand import ImageDetail
from reldash.domain.registries.scans import ScanStatus
from reldash.services.context import Context
from reldash.services.past.snapshots import load_snapshot
from reldash.services.registries.due import EcrImages, transform_running
from reldash.services.registries.round import RegistryRound, load_requested
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
FRESH: Final = timedelta(days=1)


@dataclass(slots=True)
class _Last:
    """What the last round of this process knew; times are of `time.monotonic()`."""

    revision: int = -1
    began: float = float("-inf")
    cost: float = 0.0  # seconds that finding out what runs, and is due, took
    kept: float = float("-inf")


_last: WeakKeyDictionary[Store, _Last] = WeakKeyDictionary()


def read_registries(context: Context, lease: Lease) -> None:
    """Ask registries for whatever is due. Quick where nothing is, and nothing is asked then.

    Raises:
        StoreError: the database cannot be reached, or another process has taken over.
    """
    store = context.store
    last = _last.setdefault(store, _Last())
    wanted = load_requested(store.registries, context.written.registry.ttl)
    revision, began = store.cache_key.load()[0], time.monotonic()
    rest = (
        max(MOVED_SECONDS, COST_SHARE * last.cost)
        if revision != last.revision
        else LOOK_THROUGH_SECONDS
    )
    if not wanted and began - last.began < rest:
        return
    running = transform_running(store.registries.load_running(context.cluster_names))
    last.revision, last.began, last.cost = revision, began, time.monotonic() - began
    worked = time.thread_time()  # waiting for registries costs nothing
    RegistryRound(context, running, lease).read()
    last.cost += time.thread_time() - worked
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


def request_details(context: Context, digests: Iterable[str], *, findings: bool) -> None:
    """Ask for what is not read by itself of images, because somebody looks at them.

    That is the manifests of indexes, and the findings of images whose registry tells no counts
    beside the image (basic scanning by AWS's own technology) or, if asked for, of all of them.
    Returns at once; what a collector finds out moves the data's revision. May be called again and
    again while somebody looks.

    Args:
        context: the fleet's.
        digests: "sha256:...", of indexes or manifests; those that no registry told of are left out.
        findings: whether single findings are looked at, and not their counts alone.

    Raises:
        StoreError: the database cannot be reached.
    """
    if not context.written.registry.enabled:
        return
    facts, now = load_snapshot(context).facts, context.now()
    known = [each for each in digests if each in facts.pushes or each in facts.kinds]
    indexes = [each for each in known if facts.kind(each) is DigestKind.INDEX]
    apart = [each for each in indexes if each not in facts.platforms]
    scanned = _scanned(known, facts)
    asked = scanned if findings else [each for each in scanned if _is_uncounted(each, facts, now)]
    registries = context.store.registries
    noted = bool(apart) and registries.look(apart, ImageDetail.CHILDREN)
    if asked:
        noted = registries.look(asked, ImageDetail.FINDINGS) or noted
    if noted:
        context.store.leases.request([REGISTRIES])


def _scanned(digests: Iterable[str], facts: RegistryFacts) -> list[str]:
    """The images themselves: those that indexes consist of, as far as they are known."""
    found: dict[str, None] = {}
    for digest in digests:
        if digest in facts.platforms:
            parts = [c.digest for c in facts.platforms[digest] if c.platform != ATTESTATION]
            found.update(dict.fromkeys(parts))
        elif facts.kind(digest) is not DigestKind.INDEX:
            found[digest] = None
    return list(found)


def _is_uncounted(digest: str, facts: RegistryFacts, now: datetime) -> bool:
    """Whether an image's findings were never counted.

    One that was not scanned is asked about again while its push is fresh: a scan takes its time.
    """
    scan, pushed_at = facts.scans.get(digest), facts.pushed_at(digest)
    if scan is None or scan.status is ScanStatus.UNCOUNTED:
        return True
    is_fresh = pushed_at is not None and now - pushed_at < FRESH
    return scan.status is ScanStatus.NOT_SCANNED and is_fresh
