"""Saved views: loading, saving, changing, deleting, with permission checks.

Every function raises StoreError if the database cannot be reached.
"""

from reldash.domain.accounts import SessionUser
from reldash.domain.matrix.filters import Filter
from reldash.domain.saved_views import SavedView, parse_view_name
from reldash.services.context import Context


def load_views(context: Context, user: SessionUser) -> list[SavedView]:
    """A user's own and shared views, sorted by name."""
    return context.store.saved_views.load(user.user_id)


def save_view(
    context: Context,
    user: SessionUser,
    name: str,
    dashboard: str | None,
    chosen: Filter,
    *,
    shared: bool,
) -> str:
    """Save the filters of a dashboard, or of the inventory (None); returns the parsed name.

    Raises:
        SavedViewError: invalid or duplicate name, or too many views.
    """
    parsed = parse_view_name(name)
    context.store.saved_views.add(user.user_id, parsed, dashboard, chosen.to_query(), shared=shared)
    return parsed


def change_view(
    context: Context, user: SessionUser, view: SavedView, name: str, *, shared: bool
) -> None:
    """Rename, share or unshare one of the user's own views.

    Raises:
        SavedViewError: invalid or duplicate name, or the view is not theirs or is deleted.
    """
    context.store.saved_views.change(user.user_id, view.id, parse_view_name(name), shared=shared)


def delete_view(context: Context, user: SessionUser, view: SavedView) -> bool:
    """Delete an own view (administrators: also shared ones). False if it did not exist."""
    return context.store.saved_views.delete(user.user_id, view.id, any_shared=user.is_admin)
