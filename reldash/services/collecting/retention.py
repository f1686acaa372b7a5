"""The retention job: deletes history older than `history.keep`."""

import logging
from datetime import timedelta

from reldash.services.context import Context
from reldash.store import Lease

log = logging.getLogger(__name__)

RETENTION = "@retention"
INTERVAL = timedelta(days=1)
BATCH = 5000  # rows per transaction, so that recording is not blocked


def delete_expired(context: Context, _lease: Lease) -> None:
    """Delete rows that ended before the retention limit, batch by batch.

    Raises:
        StoreError: the database cannot be reached; earlier batches stay deleted.
    """
    # Deletion is final: a clock that runs ahead, here or in the database, must not delete more.
    now = min(context.now(), context.store.read_clock())
    before = now - context.written.rules.history.keep
    total = 0
    while deleted := context.store.history.prune(before, BATCH):
        total += deleted
    if total:
        log.info(
            "history: deleted %d rows that ended before %s UTC or are no longer referenced",
            total,
            f"{before:%Y-%m-%d %H:%M}",
        )
