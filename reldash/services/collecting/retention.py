"""Forgetting what is older than history is kept."""

import logging
from datetime import timedelta

from reldash.services.context import Context
from reldash.store import Lease

log = logging.getLogger(__name__)

RETENTION = "@retention"
INTERVAL = timedelta(days=1)
BATCH = 5000  # rows a transaction, so that whoever records meanwhile does not wait


def forget(context: Context, _lease: Lease) -> None:
    """Delete what ended before history is kept, batch by batch.

    Raises:
        StoreError: the database cannot be reached; what was deleted by then is.
    """
    # What is deleted is gone: a clock that runs ahead, here or there, must not make it more.
    now = min(context.now(), context.store.read_clock())
    before = now - context.written.rules.history.keep
    forgotten = 0
    while deleted := context.store.history.prune(before, BATCH):
        forgotten += deleted
    if forgotten:
        log.info(
            "history: %d rows deleted, of what ended before %s UTC or what nothing names any more",
            forgotten,
            f"{before:%Y-%m-%d %H:%M}",
        )
