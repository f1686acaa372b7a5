"""The job that reads registries, run by one collector at a time, with a pause between requests.

DescribeImages covers all running images. Manifests of indexes cost more, and are read only for
images whose details were opened (`request_details`). Findings of scans take a call for each image:
those of opened images are read first, those of all other running images a few at a time.
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

REGISTRIES: Final = "@registries"  # name of its lease and of its refresh requests
INTERVAL: Final = timedelta(seconds=5)  # how soon requested details are read
LIFETIME: Final = timedelta(days=30)  # of facts about images that no longer run

# How soon running images are checked again: sooner after data changed, but spending at most one
# part in COST_SHARE of the time on it.
UNCHANGED_SECONDS: Final = 30.0
CHANGED_SECONDS: Final = 5.0
COST_SHARE: Final = 20
CLEANUP_SECONDS: Final = 6 * 3600.0  # between deletions of unused facts
FRESH: Final = timedelta(days=1)


@dataclass(slots=True)
class _Last:
    """State of this process's last round; times are of `time.monotonic()`."""

    revision: int = -1
    began: float = float("-inf")
    cost: float = 0.0  # seconds spent on finding running and due images
    kept: float = float("-inf")


_last: WeakKeyDictionary[Store, _Last] = WeakKeyDictionary()


def read_registries(context: Context, lease: Lease) -> None:
    """Request due images from registries; quick, and without requests, if none is due.

    Raises:
        StoreError: the database cannot be reached, or another process has taken over.
    """
    store = context.store
    last = _last.setdefault(store, _Last())
    wanted = load_requested(store.registries, context.written.registry.ttl)
    revision, began = store.cache_key.load()[0], time.monotonic()
    rest = (
        max(CHANGED_SECONDS, COST_SHARE * last.cost)
        if revision != last.revision
        else UNCHANGED_SECONDS
    )
    if not wanted and began - last.began < rest:
        return
    running = transform_running(store.registries.load_running(context.cluster_names))
    last.revision, last.began, last.cost = revision, began, time.monotonic() - began
    worked = time.thread_time()  # excludes waiting for registries
    RegistryRound(context, running, lease).read()
    last.cost += time.thread_time() - worked
    if began - last.kept >= CLEANUP_SECONDS:
        _delete_unused(context, running, lease)
        last.kept = began


def _delete_unused(context: Context, running: EcrImages, lease: Lease) -> None:
    """Delete facts of images that have not run for `LIFETIME`."""
    digests = {digest for found in running.digests.values() for digest in found}
    tags = [
        (registry.host, repository, tag)
        for (registry, repository), found in running.tags.items()
        for tag in found
    ]
    context.store.registries.mark_needed(digests, tags, LIFETIME, lease)


def request_details(context: Context, digests: Iterable[str], *, findings: bool) -> None:
    """Request image details that are not read by default.

    These are the manifests of indexes, and the findings of images whose registry gives no counts
    with the image (basic scanning by AWS's own technology) or, with `findings`, of all of them.
    Returns at once; a collector reads them, which changes the data revision. May be called
    repeatedly while the details are open.

    Args:
        context: the fleet's.
        digests: "sha256:...", of indexes or manifests; those unknown to registries are ignored.
        findings: whether the findings themselves are needed, not only their counts.

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
    requested = (
        scanned if findings else [each for each in scanned if _is_uncounted(each, facts, now)]
    )
    registries = context.store.registries
    noted = bool(apart) and registries.request_detail(apart, ImageDetail.CHILDREN)
    if requested:
        noted = registries.request_detail(requested, ImageDetail.FINDINGS) or noted
    if noted:
        context.store.leases.request([REGISTRIES])


def _scanned(digests: Iterable[str], facts: RegistryFacts) -> list[str]:
    """The digests that scans refer to: the images in an index, as far as known."""
    found: dict[str, None] = {}
    for digest in digests:
        if digest in facts.platforms:
            parts = [c.digest for c in facts.platforms[digest] if c.platform != ATTESTATION]
            found.update(dict.fromkeys(parts))
        elif facts.kind(digest) is not DigestKind.INDEX:
            found[digest] = None
    return list(found)


def _is_uncounted(digest: str, facts: RegistryFacts, now: datetime) -> bool:
    """Whether an image has no finding counts yet.

    An unscanned image is requested again while its push is recent: a scan takes time.
    """
    scan, pushed_at = facts.scans.get(digest), facts.pushed_at(digest)
    if scan is None or scan.status is ScanStatus.UNCOUNTED:
        return True
    is_fresh = pushed_at is not None and now - pushed_at < FRESH
    return scan.status is ScanStatus.NOT_SCANNED and is_fresh
