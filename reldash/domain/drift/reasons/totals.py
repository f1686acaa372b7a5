"""Sentences on totals: how many cells drift, and how many are not fully known."""

from reldash.domain.phrases import counted, listed

_MOST_NAMED = 5
_NOTHING_KNOWN = "not known whether anything drifts"
_NOT_WHOLE = "not everything was read lately"


def total_words(*, cells: int, drifting: int, not_known: int, is_whole: bool = True) -> str:
    """How many cells drift: "4 cells drift", "at least 4 cells drift, 12 not fully known".

    Never that nothing drifts while anything is not fully known. `words.js` has the same.

    Args:
        cells: all of them.
        drifting: those that drift by what is known of them.
        not_known: those that are stale or unknown, drifting or not.
        is_whole: whether everything was read lately: services of the rest have no cells.
    """
    drift = f"{counted(drifting, 'cell')} {'drifts' if drifting == 1 else 'drift'}"
    if not not_known:
        if is_whole:
            return drift
        return f"at least {drift}: {_NOT_WHOLE}" if drifting else f"{_NOTHING_KNOWN}: {_NOT_WHOLE}"
    if drifting:
        return f"at least {drift}, {not_known} not fully known"
    words = f"{not_known} of {counted(cells, 'cell')} not fully known"
    return words if not_known >= cells else f"{words}; none of the others drifts"


def not_known_words(column: str, services: list[str]) -> str:
    """The cells of a column that are not fully known: "prod: 2 cells not fully known (api ...)"."""
    names = listed(services, _MOST_NAMED)
    return f"{column}: {counted(len(services), 'cell')} not fully known ({names})"
