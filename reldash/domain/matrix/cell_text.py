"""Cells as one line of text: versions, state, flags, lag."""

from datetime import UTC, datetime
from functools import lru_cache

from reldash.domain.drift.lag import Lag
from reldash.domain.drift.states import Flag, State
from reldash.domain.matrix.cells import Cell
from reldash.domain.phrases import duration_words, listed

# One shape per state, so that colour is never needed to distinguish them.
STATE_MARKS: dict[State, str] = {
    State.AHEAD: "▲",
    State.DIVERGED: "◆",
    State.BEHIND: "▼",
    State.UNKNOWN: "?",
    State.ABSENT: "∅",
    State.WAITING: "◷",
    State.LEADING: "●",
    State.IN_STEP: "✓",
}

# Beside a state: an earlier environment has fewer critical or high findings.
FIX_MARK = "✚"
FIX_WORDS = "fix ready"


def cell_text(cell: Cell) -> str:
    """A cell in one line: versions, candidate, state, flags, and whether a fix is ready.

    Such as "1.4.2 → canary 10 % 1.5.0 ▼ behind · mixed ✚ fix ready"; of what is not fully known
    the last state, and what is missing: "1.4.2 ✓ was in step (prod-us not current) · stale".
    """
    running = " → ".join(text for text in (versions_text(cell), cell.candidate) if text)
    marks = _mark_text(cell.last_state, cell.flags, last_state_words(cell), missing_words(cell))
    if cell.fixed_earlier:
        marks += f" {FIX_MARK} {FIX_WORDS}"
    return f"{running} {marks}" if running else marks


def lag_words(lag: Lag | None) -> str:
    """A lag in words: "2 minor behind, waiting 12 d"; "" if there is none.

    With the first part of the versions that differs; else the releases between, if known.
    """
    if lag is None:
        return ""
    way = "ahead" if lag.ahead else "behind"
    parts = [(lag.major, "major"), (lag.minor, "minor"), (lag.patch, "patch")]
    words = [f"{number} {part} {way}" for number, part in parts if number][:1]
    if not words and lag.releases:
        words = [f"{lag.releases} {'release' if lag.releases == 1 else 'releases'} {way}"]
    if lag.dwell is not None:
        words.append(f"waiting {duration_words(lag.dwell)}")
    return ", ".join(words)


def versions_text(cell: Cell) -> str:
    """All versions of a cell, the one that gives its state first; "" if it has none.

    With where each runs, if there are several: "5.1.3 prod-us (5.2.0 prod-eu)".
    """
    if len(cell.versions) < 2:
        return cell.version
    first, *others = [
        f"{version} {cell.where[version]}" if cell.where.get(version) else version
        for version, _ in cell.versions
    ]
    return f"{first} ({', '.join(others)})"


def last_state_words(cell: Cell) -> str:
    """The last state of a cell: "behind", or "was behind" where its data are old."""
    word = str(cell.last_state).replace("_", " ")
    return f"was {word}" if cell.is_stale and cell.last_state is not State.UNKNOWN else word


def missing_words(cell: Cell) -> str:
    """The clusters that a cell lacks, each part in a few words; "" if it is fully known.

    Such as "prod-us not current, prod-eu never read".
    """
    found = [
        (gap.cluster, "not current" if gap.is_stale else gap.short)
        for gap in cell.gaps
        if gap.cluster
    ]
    return listed([f"{cluster} {word}" for cluster, word in dict.fromkeys(found)])


@lru_cache(maxsize=4096)
def iso(at: datetime | None) -> str:
    """A time in ISO 8601 with seconds, in UTC as "Z"; "" for None."""
    return "" if at is None else f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


@lru_cache(maxsize=4096)
def flag_names(flags: tuple[Flag, ...]) -> str:
    """The names of flags, separated by ", "."""
    return ", ".join(flags)


@lru_cache(maxsize=4096)
def _mark_text(state: State, flags: tuple[Flag, ...], word: str, missing: str) -> str:
    first = f"{word} ({missing})" if missing else word
    words = " · ".join((first, *(str(flag).replace("_", " ") for flag in flags)))
    return f"{STATE_MARKS[state]} {words}"
