"""Saved views: filters that users saved under a name."""

from collections.abc import Sequence

from sqlalchemy import RowMapping, text

from reldash.domain.saved_views import LONGEST_QUERY, MOST_VIEWS, SavedView, SavedViewError
from reldash.store.encoding import clean_text, encode_cleaned
from reldash.store.engine import Transaction

# Transactions that add views of one user wait here for each other, so that the limit holds.
_LOCK_USER = text("SELECT id FROM users WHERE id = :user FOR NO KEY UPDATE")
_COUNT = text("SELECT count(*) FROM saved_views WHERE user_id = :user")
_ADD = text(
    """
    INSERT INTO saved_views (user_id, name, dashboard, query, is_shared)
    VALUES (:user, :name, :dashboard, CAST(:query AS jsonb), :shared)
    ON CONFLICT (user_id, name) DO NOTHING
    """
)
_LIST = text(
    """
    SELECT v.id::text AS id, v.name, v.dashboard, v.query, v.is_shared, u.name AS owner,
           v.user_id = :user AS is_own
    FROM saved_views v JOIN users u ON u.id = v.user_id
    WHERE v.user_id = :user OR v.is_shared
    ORDER BY lower(v.name), v.name, v.id
    """
)
_CHANGE = text(
    """
    UPDATE saved_views v SET name = :name, is_shared = :shared
    WHERE v.id = CAST(:id AS uuid) AND v.user_id = :user AND NOT EXISTS (
        SELECT 1 FROM saved_views o WHERE o.user_id = :user AND o.name = :name AND o.id <> v.id
    )
    """
)
_DELETE = text(
    "DELETE FROM saved_views WHERE id = CAST(:id AS uuid)"
    " AND (user_id = :user OR (is_shared AND :any_shared))"
)

_TAKEN = SavedViewError("Name taken", "you have a view of this name: choose another, or delete it")


class SavedViews:
    """Saved views of users; every method is one transaction, and raises StoreError as Store's."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def load(self, user_id: str) -> list[SavedView]:
        """A user's own views and those shared by others, ordered by name."""
        with self._transaction() as connection:
            return [_view(row) for row in connection.execute(_LIST, {"user": user_id}).mappings()]

    def add(
        self,
        user_id: str,
        name: str,
        dashboard: str | None,
        query: Sequence[tuple[str, str]],
        *,
        shared: bool,
    ) -> None:
        """Save a view; `name` as returned by `parse_view_name`.

        Raises:
            SavedViewError: the user has a view of this name, or the maximum number; the query is
                too long, or the user no longer exists.
        """
        written = encode_cleaned(query)
        if len(written) > LONGEST_QUERY:
            raise SavedViewError("Too much to save", "choose fewer values in the filters")
        values = {
            "user": user_id,
            "name": clean_text(name),
            "dashboard": dashboard,
            "query": written,
            "shared": shared,
        }
        with self._transaction() as connection:
            if connection.execute(_LOCK_USER, values).first() is None:
                raise SavedViewError("Account is gone", "sign in again")
            if connection.execute(_COUNT, values).scalar_one() >= MOST_VIEWS:
                raise SavedViewError(
                    "Too many saved views", f"you have {MOST_VIEWS}, which is the most: delete some"
                )
            if not connection.execute(_ADD, values).rowcount:
                raise _TAKEN

    def change(self, user_id: str, view_id: str, name: str, *, shared: bool) -> None:
        """Rename a user's own view, and set whether it is shared.

        Raises:
            SavedViewError: the user has another view of this name; or it is gone, or not theirs.
        """
        values = {"user": user_id, "id": view_id, "name": clean_text(name), "shared": shared}
        with self._transaction() as connection:
            connection.execute(_LOCK_USER, values)
            if connection.execute(_CHANGE, values).rowcount:
                return
            found = connection.execute(_LIST, values).mappings()
            if any(row["id"] == view_id and row["is_own"] for row in found):
                raise _TAKEN
            raise SavedViewError("View not changed", "it is gone, or somebody else's")

    def delete(self, user_id: str, view_id: str, *, any_shared: bool) -> bool:
        """Delete a user's own view, or with `any_shared` any shared one; False if there is none."""
        values = {"user": user_id, "id": view_id, "any_shared": any_shared}
        with self._transaction() as connection:
            return bool(connection.execute(_DELETE, values).rowcount)


def _view(row: RowMapping) -> SavedView:
    return SavedView(
        id=row["id"],
        name=row["name"],
        dashboard=row["dashboard"],
        query=tuple((key, value) for key, value in row["query"]),
        owner=row["owner"],
        is_own=row["is_own"],
        is_shared=row["is_shared"],
    )
