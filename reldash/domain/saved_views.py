"""Saved views: named filters of a user, private or shared."""

from dataclasses import dataclass

from reldash.errors import ReldashError

LONGEST_NAME = 80  # characters
MOST_VIEWS = 50  # of one user
LONGEST_QUERY = 20_000  # characters of all keys and values


class SavedViewError(ReldashError):
    """A view that cannot be saved or changed."""


@dataclass(frozen=True, slots=True)
class SavedView:
    """A named view as one user sees it.

    Attributes:
        name: any text of 1 to `LONGEST_NAME` characters, unique among its owner's.
        dashboard: key of its dashboard; None for the inventory.
        query: the pairs of a URL's query, as `Filter.to_query` returns them.
        owner: the name of its owner.
        is_own: whether the user who sees it owns it.
        is_shared: whether every signed-in user sees it.
    """

    id: str
    name: str
    dashboard: str | None
    query: tuple[tuple[str, str], ...]
    owner: str
    is_own: bool
    is_shared: bool


def parse_view_name(text: str) -> str:
    """The name, stripped and with single spaces inside.

    Raises:
        SavedViewError: nothing is left, or more than `LONGEST_NAME` characters.
    """
    name = " ".join(text.split())
    if not name:
        raise SavedViewError("No name", "give the view a name to find it by")
    if len(name) > LONGEST_NAME:
        raise SavedViewError(
            "Name too long", f"{len(name)} characters, expected at most {LONGEST_NAME}"
        )
    return name
