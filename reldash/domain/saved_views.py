"""Saved views: filters that somebody gave a name."""

from dataclasses import dataclass

from reldash.errors import ReldashError

LONGEST_NAME = 80  # characters
MOST_VIEWS = 50  # of one user
LONGEST_QUERY = 20_000  # characters of all keys and values


class SavedViewError(ReldashError):
    """A view cannot be saved or changed as it was asked for."""


@dataclass(frozen=True, slots=True)
class SavedView:
    """A named view as one user sees it.

    Attributes:
        name: any text of 1 to `LONGEST_NAME` characters, unique among its owner's.
        dashboard: key of the dashboard it is of; None for the inventory.
        query: the pairs of a URL's query, as `Filter.to_query` gives them.
        owner: how its owner is called.
        is_own: whether it is the user's who sees it.
        is_shared: whether everybody who is signed in sees it.
    """

    id: str
    name: str
    dashboard: str | None
    query: tuple[tuple[str, str], ...]
    owner: str
    is_own: bool
    is_shared: bool


def parse_view_name(text: str) -> str:
    """The name without white space around it, and with single spaces inside.

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
