"""The compare page: two environments, clusters, namespaces or customers, now or in the past."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import streamlit as st

from reldash.domain.comparison.compare import Comparison, Difference
from reldash.domain.comparison.side_text import parse_side, side_text
from reldash.domain.comparison.sides import Side
from reldash.domain.fleet.choices import ChoiceError
from reldash.domain.matrix.cell_text import iso
from reldash.domain.matrix.filters import Filter
from reldash.domain.phrases import counted
from reldash.services.reports.comparison import filter_comparison
from reldash.ui import cached, gate
from reldash.ui.as_of.control import pick_moment
from reldash.ui.compare.comparison_table import render_comparison_table
from reldash.ui.compare.sides import (
    SuggestedComparison,
    list_places,
    list_suggestions,
    place_words,
    side_words,
)
from reldash.ui.page import PageRun
from reldash.ui.widgets import url_state
from reldash.ui.widgets.change_badges import DIFFERENCE_MARKS, difference_words
from reldash.ui.widgets.dashboard_select import DASHBOARD, choose_dashboard
from reldash.ui.widgets.empty_states import render_empty_state
from reldash.ui.widgets.html_table import STYLE
from reldash.ui.widgets.markup import element, plain
from reldash.ui.widgets.page_urls import export_url
from reldash.ui.widgets.show_more import render_show_more, shown

LEFT, RIGHT, KIND, TEXT = "left", "right", "kind", "text"

ROWS_AT_ONCE = 200

_PLACE = "reldash_place_"  # of the widgets' keys


def render_compare(run: PageRun) -> None:
    """Draw the page below its header."""
    st.html(STYLE)
    with st.container(
        horizontal=True, vertical_alignment="bottom", gap="small", key="reldash_sides"
    ):
        dashboard = choose_dashboard(run.rules)
        matrix = cached.get_whole_matrix(dashboard, Filter(), run.tick)
        suggestions = list_suggestions(run.rules, matrix, run.now)
        sides = _read_sides(run, dashboard, suggestions[0])
        places = list_places(run.rules, matrix)
        _render_side("Left", LEFT, sides[0], places, run.now)
        st.button(
            "Swap",
            key="reldash_swap",
            icon=":material/swap_horiz:",
            help="Swap left and right",
            on_click=gate.guarded(_swap),
            args=sides,
        )
        _render_side("Right", RIGHT, sides[1], places, run.now)
    _render_suggestions(suggestions)
    try:
        comparison = cached.get_comparison(dashboard, *sides, run.tick)
    except ChoiceError as error:
        render_empty_state(error.title, f"{error.message}.")
        return
    if not comparison.rows:
        render_empty_state(
            "No data for either side",
            "Neither had been read by then. Choose other sides, or a later moment.",
        )
        return
    _render_comparison(run, dashboard, comparison)


def _read_sides(run: PageRun, dashboard: str, usual: SuggestedComparison) -> tuple[Side, Side]:
    """Both sides from the URL; the default ones where it has none, or invalid ones."""
    found = []
    for name, side in ((LEFT, usual.left), (RIGHT, usual.right)):
        text = url_state.get(name)
        try:
            board = run.rules.dashboards[dashboard]
            found.append(parse_side(text, board, now=run.now) if text else side)
        except ChoiceError as error:
            st.warning(
                f"**{plain(error.title)}**  \n{plain(error.message)}. "
                f"The page compares {plain(side_words(side))}.",
                icon=":material/help:",
            )
            found.append(side)
    return found[0], found[1]


def _render_side(label: str, name: str, side: Side, places: Sequence[Side], now: datetime) -> None:
    """Draw the choice of one side and its moment; both are one value in the URL."""
    words = {side_text(place): place_words(place) for place in places}
    here = replace(side, as_of=None)
    words.setdefault(side_text(here), place_words(here))
    key = _PLACE + name
    st.session_state[key] = side_text(here)
    st.selectbox(
        label,
        list(words),
        key=key,
        format_func=lambda text: words.get(text, text),
        filter_mode="contains",
        width=230,
        on_change=gate.guarded(_choose_place),
        args=(name, key, side.as_of),
    )
    pick_moment(
        f"{label} as of",
        f"reldash_moment_{name}",
        side.as_of,
        now,
        lambda text: url_state.set_query({name: _joined(side_text(here), text)}),
    )


def _choose_place(name: str, key: str, as_of: datetime | None) -> None:
    url_state.set_query({name: _joined(st.session_state[key], iso(as_of))})


def _joined(place: str, moment: str) -> str:
    return f"{place}@{moment}" if moment else place


def _render_suggestions(suggestions: Sequence[SuggestedComparison]) -> None:
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key="reldash_comparables"
    ):
        st.html(element("span", "Suggestions:", class_="rd-quiet"), width="content")
        for found in suggestions:
            st.button(
                plain(found.title),
                key=f"reldash_compare_{found.title}",
                type="tertiary",
                on_click=gate.guarded(_show),
                args=(found.left, found.right, found.kinds),
            )


def _show(left: Side, right: Side, kinds: Sequence[str]) -> None:
    url_state.set_query({LEFT: side_text(left), RIGHT: side_text(right), KIND: kinds, TEXT: ""})


def _swap(left: Side, right: Side) -> None:
    url_state.set_query({LEFT: side_text(right), RIGHT: side_text(left)})


def _render_comparison(run: PageRun, dashboard: str, comparison: Comparison) -> None:
    sides = comparison.left, comparison.right
    text = url_state.search("Search", TEXT, "Service or version", width=230)
    kinds = _choose_kinds(comparison)
    rows = filter_comparison(comparison, [Difference(kind) for kind in kinds], text).rows
    pairs = [
        (DASHBOARD, dashboard),
        (LEFT, side_text(sides[0])),
        (RIGHT, side_text(sides[1])),
        *((KIND, kind) for kind in kinds),
        (TEXT, text),
    ]
    st.html(
        element(
            "p",
            element("span", summary_words(comparison, len(rows))),
            *(
                element("a", suffix.upper(), href=export_url("compare", suffix, pairs), download="")
                for suffix in ("csv", "json")
            ),
            class_="rd-caption",
        )
    )
    if not rows:
        is_open = comparison.missing or comparison.counts[Difference.UNKNOWN]
        render_empty_state(
            "No match in what is known" if is_open else "No match",
            "Choose another kind of difference, or try a shorter search.",
        )
        return
    number = shown("compare", str(pairs), ROWS_AT_ONCE)
    st.html(render_comparison_table(rows[:number], sides, run.rules, dashboard, run.now))
    render_show_more("compare", str(pairs), len(rows), ROWS_AT_ONCE)


def _choose_kinds(comparison: Comparison) -> tuple[str, ...]:
    """Draw the kinds of difference that occur, with counts, as filter buttons."""
    words = {
        str(kind): f"{DIFFERENCE_MARKS[kind][0]} {difference_words(kind)} {count}"
        for kind, count in comparison.counts.items()
    }
    found = [str(kind) for kind, count in comparison.counts.items() if count]
    return url_state.choose_chips("Kinds of difference", KIND, found, words)


def summary_words(comparison: Comparison, shown: int) -> str:
    """The summary: "12 of 45 services differ between prod now and ...".

    Never that nothing differs while anything is unknown.
    """
    number = len(comparison.rows)
    same = comparison.counts[Difference.SAME]
    unknown = comparison.counts[Difference.UNKNOWN]
    differing = number - same - unknown
    sides = f"between {side_words(comparison.left)} and {side_words(comparison.right)}"
    services = counted(number, "service")
    is_open = bool(unknown or comparison.missing)
    if differing or not is_open:
        least = "at least " if is_open else ""
        verb = "differs" if differing == 1 else "differ"
        words = f"{least}{differing} of {services} {verb} {sides}"
        if unknown:
            words += f", {unknown} {'is' if unknown == 1 else 'are'} unknown"
    elif unknown:
        words = f"{unknown} of {services} {'is' if unknown == 1 else 'are'} unknown {sides}"
        words += "; none of the others differs" if unknown < number else ""
    else:
        words = f"not known what differs {sides}: not everything was read lately"
    return words if shown == number else f"{shown} shown; {words}"
