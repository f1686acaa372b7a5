"""Saved views: who may do what with them, and where they lead.

Every function raises StoreError if the database cannot be reached.
"""

from reldash.domain.accounts import SessionUser
from reldash.domain.matrix.filters import Filter
from reldash.domain.saved_views import SavedView, parse_view_name
from reldash.services.context import Context


def load_views(context: Context, user: SessionUser) -> list[SavedView]:
    """The views of a user and those that others share, by name."""
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
    """Give the filters of a dashboard, or of the inventory (None), a name; returns the name.

    Raises:
        SavedViewError: not a name, or taken; or the user has too many.
    """
    parsed = parse_view_name(name)
    context.store.saved_views.add(user.user_id, parsed, dashboard, chosen.to_query(), shared=shared)
    return parsed


def change_view(
    context: Context, user: SessionUser, view: SavedView, name: str, *, shared: bool
) -> None:
    """Rename a view of one's own, share it with everybody, or share it no more.

    Raises:
        SavedViewError: not a name, or taken; or the view is not theirs, or gone.
    """
    context.store.saved_views.change(user.user_id, view.id, parse_view_name(name), shared=shared)


def delete_view(context: Context, user: SessionUser, view: SavedView) -> bool:
    """Delete one's own view; administrators may delete shared ones. False if it was not there."""
    return context.store.saved_views.delete(user.user_id, view.id, any_shared=user.is_admin)
