"""Badges of changes and differences: shape, label and colour."""

from reldash.domain.comparison.compare import DIFFERENCE_WORDS, Difference
from reldash.domain.history.changes import CHANGE_WORDS, Change, ChangeKind
from reldash.ui.widgets.markup import Markup, element, joined

# Text colours as (light theme, dark theme), contrast at least 4.5:1 on the theme's background.
_GREY = ("#5a666d", "#a9b5bc")
_BLUE = ("#1d5f8a", "#84c2e8")
_GREEN = ("#2c6e49", "#7cc59b")
_ORANGE = ("#9a4a00", "#eba45a")
_RED = ("#b3261e", "#f4948b")
_VIOLET = ("#6b3fa0", "#c3a6f0")

CHANGE_MARKS: dict[ChangeKind, tuple[str, tuple[str, str]]] = {
    ChangeKind.NEW: ("+", _GREEN),
    ChangeKind.CHANGED: ("→", _BLUE),
    ChangeKind.ROLLBACK: ("↩", _ORANGE),
    ChangeKind.REBUILT: ("⟳", _VIOLET),
    ChangeKind.REMOVED: ("⊘", _RED),
    ChangeKind.RETURNED: ("↺", _GREEN),
    ChangeKind.UNFINISHED: ("✗", _RED),
}

DIFFERENCE_MARKS: dict[Difference, tuple[str, tuple[str, str]]] = {
    Difference.DIFFERENT: ("◆", _RED),
    Difference.NEWER: ("▲", _BLUE),
    Difference.OLDER: ("▼", _ORANGE),
    Difference.REBUILT: ("⟳", _VIOLET),
    Difference.ONLY_LEFT: ("◁", _GREY),
    Difference.ONLY_RIGHT: ("▷", _GREY),
    Difference.UNKNOWN: ("?", _GREY),
    Difference.SAME: ("✓", _GREEN),
}

_DIFFERENCE_NAMES: dict[Difference, str] = {
    Difference.DIFFERENT: "not comparable",
    Difference.NEWER: "newer on the left",
    Difference.OLDER: "older on the left",
    Difference.REBUILT: "another build",
    Difference.ONLY_LEFT: "only on the left",
    Difference.ONLY_RIGHT: "only on the right",
    Difference.UNKNOWN: "unknown",
    Difference.SAME: "the same",
}


def render_change(change: Change) -> Markup:
    """The badge of a change, with its meaning on hover."""
    shape, colours = CHANGE_MARKS[change.kind]
    return _mark(shape, change_label(change.kind), colours, CHANGE_WORDS[change.kind])


def change_label(kind: ChangeKind) -> str:
    """A change's label on screen, such as "rollback"."""
    return "started, not finished" if kind is ChangeKind.UNFINISHED else str(kind)


def render_difference(difference: Difference) -> Markup:
    """The badge of a difference, with its meaning on hover."""
    shape, colours = DIFFERENCE_MARKS[difference]
    return _mark(shape, difference_words(difference), colours, DIFFERENCE_WORDS[difference])


def difference_words(difference: Difference) -> str:
    """A difference's label, such as "newer on the left"."""
    return _DIFFERENCE_NAMES[difference]


def _mark(shape: str, words: str, colours: tuple[str, str], meaning: str) -> Markup:
    return element(
        "span",
        element("span", shape, class_="rd-shape", aria_hidden="true"),
        joined(" ", words),
        class_="rd-state",
        style=f"color:light-dark({colours[0]},{colours[1]})",
        title=meaning,
    )
