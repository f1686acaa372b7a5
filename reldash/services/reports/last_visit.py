"""When a user last looked at the overview: what has changed since is news.

Every function raises StoreError if the database cannot be reached.
"""

from datetime import datetime

from reldash.domain.accounts import SessionUser
from reldash.services.context import Context


def load_last_visit_at(context: Context, user: SessionUser) -> datetime | None:
    """What changed after this is news for the user; None while they look for the first time."""
    return context.store.last_visits.load(user.user_id)


def save_visit(context: Context, user: SessionUser, as_of: datetime) -> None:
    """Note that the user sees the overview with the data of `as_of` (aware UTC)."""
    context.store.last_visits.save(user.user_id, as_of)


def mark_seen(context: Context, user: SessionUser, as_of: datetime) -> None:
    """Note that nothing up to `as_of` is news for the user any more."""
    context.store.last_visits.mark(user.user_id, as_of)
