"""Search over what live pods run besides the history, and the limits of what is known."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from reldash.domain.history.live_images import LiveImage, is_match, live_images, not_known
from reldash.services.context import Context
from reldash.services.discovery import list_discovery_gaps, report_discovery
from reldash.services.past.snapshots import charge_to_snapshot, load_snapshot
from reldash.services.view_cache import Tick

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def find_live_images(
    context: Context, spellings: Sequence[str], severities: Mapping[str, str], tick: Tick
) -> list[tuple[LiveImage, str]]:
    """What live pods run that contains a text or has a digest of `severities`, with its severity.

    Without what the history has open rollouts of (StoreError: the database cannot be reached).
    """

    def load(_: Tick) -> tuple[LiveImage, ...]:
        snapshot = load_snapshot(context)
        with charge_to_snapshot(context):
            return live_images(snapshot)

    found = []
    for each in context.views.get("live images", load, tick):
        digests = _DIGEST.findall(f"{each.image} {each.image_id}") if severities else ()
        severity = next((severities[one] for one in digests if one in severities), "")
        if severity or is_match(each, spellings):
            found.append((each, severity))
    return found


def find_not_known(context: Context, now: datetime) -> tuple[str, ...]:
    """Why an image that was not found may run all the same: clusters not read, or not found."""
    clusters = not_known(
        context.cluster_names,
        load_snapshot(context).statuses,
        now=now,
        stale_after=context.rules.collect.stale_after,
    )
    return (*clusters, *list_discovery_gaps(report_discovery(context)))
