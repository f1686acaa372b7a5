"""A user's last visit to the overview; later changes are shown as new.

Every function raises StoreError if the database cannot be reached.
"""

from datetime import datetime

from reldash.domain.accounts import SessionUser
from reldash.services.context import Context


def load_last_visit_at(context: Context, user: SessionUser) -> datetime | None:
    """The time after which changes are new for the user; None on the first visit."""
    return context.store.last_visits.load(user.user_id)


def save_visit(context: Context, user: SessionUser, as_of: datetime) -> None:
    """Record that the user sees the overview with the data of `as_of` (aware UTC)."""
    context.store.last_visits.save(user.user_id, as_of)


def mark_seen(context: Context, user: SessionUser, as_of: datetime) -> None:
    """Mark all changes up to `as_of` as seen."""
    context.store.last_visits.mark(user.user_id, as_of)
