"""Base of all plotly charts: small, in the viewer's theme, with a summary in words.

Usage:

    from reldash.ui.widgets import charts

    figure = charts.new_figure(
        go.Bar(x=days, y=counts, name=charts.text(name), marker_color=colour)
        for (name, counts), colour in zip(series, charts.shades(len(series)), strict=True)
    )
    charts.render_chart(
        figure if series else None,
        key="changes",
        title="Changes per day",
        summary="12 changes in 14 days, most of them in dev.",
        table=frame,                                       # the same numbers, collapsed
        empty=("No changes yet", "The first change will appear here."),
    )

- Colours: `shades(n)` for ordered series (environments in promotion order, periods of time),
  `state_colour(state)` for states, `ACCENT` and `QUIET` for single series. The browser replaces
  them by the viewer's theme, so a change of theme needs no rerun. Never pass other colours: they
  suit one theme only.
- All external text (versions, services, customers) goes through `text`: plotly interprets tags.
- Use traces that are drawn as SVG (`go.Bar`, `go.Scatter`, ...). The content security policy blocks
  WebGL (`Scattergl`, maps, 3D) and anything fetched from elsewhere.
- Name the series; the legend is drawn from the names as HTML, so that it wraps and is accessible.
  `showlegend=False` leaves a series out of it.
- Set axes by `figure.update_xaxes(...)` and `update_yaxes(...)`; times are aware UTC, written as
  `DAY` or `MINUTE`; axes of names need `type="category"`. Colour alone is not accessible: also use
  shapes (`marker_pattern_shape`, `line_dash`), order or labels.
- Making a figure takes 20 ms, drawing it 3 ms: make it once for all users and each tick, by
  `cached.get_or_make(("figure", ...), make, run.tick)`.
"""

from collections.abc import Iterable
from html import escape, unescape

import pandas as pd
import plotly.graph_objects as go
import plotly.io
import streamlit as st

from reldash.domain.drift.states import State
from reldash.ui.widgets.empty_states import render_empty_state
from reldash.ui.widgets.markup import Markup, element
from reldash.ui.widgets.state_badges import STATE_COLOURS

HEIGHT = 170  # pixels

_layout = plotly.io.templates["streamlit"].layout
# Placeholders in figures, which the browser replaces by the theme's colours.
_NAMED: tuple[str, ...] = tuple(_layout.colorway)
_ORDERED: tuple[str, ...] = tuple(colour for _, colour in _layout.colorscale.sequential)

# (light theme, dark theme), contrast at least 3:1 on the background; the same as
# `chartCategoricalColors` in .streamlit/config.toml.
NAMED_COLOURS: tuple[tuple[str, str], ...] = (
    *STATE_COLOURS.values(),
    ("#1d5f8a", "#6bb3de"),
    ("#5a666d", "#9aa7ae"),
)
# Likewise `chartSequentialColors`: lightness changes in one direction, so that colour-blind users
# can see the order.
ORDERED_COLOURS: tuple[tuple[str, str], ...] = (
    ("#4a9c8c", "#3c6d96"),
    ("#419290", "#3e7c9a"),
    ("#388793", "#408b9d"),
    ("#2f7d95", "#429aa0"),
    ("#316f92", "#5aa8a3"),
    ("#32628f", "#70b7a5"),
    ("#33548c", "#86c5a6"),
    ("#2c4377", "#a3d2b1"),
    ("#243363", "#c0e0bb"),
    ("#1d2350", "#dcedc6"),
)

ACCENT, QUIET = _NAMED[8], _NAMED[9]
_STRONG = _NAMED[list(STATE_COLOURS).index(State.LEADING)]  # the theme's text colour is too faint

# Formats of times on axes (`tickformat`, `hoverformat`).
DAY, MINUTE = "%-d %b", "%-d %b %H:%M"

_COLOURS = dict(zip((*_NAMED, *_ORDERED), (*NAMED_COLOURS, *ORDERED_COLOURS), strict=True))
_CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showTips": False}


def state_colour(state: State) -> str:
    """The colour of a state, as in its badge."""
    return _NAMED[list(STATE_COLOURS).index(state)]


def shades(number: int) -> list[str]:
    """Colours for `number` ordered series, the first one nearest to the background."""
    last = len(_ORDERED) - 1
    if number == 1:
        return [ACCENT]
    return [_ORDERED[round(index * last / (number - 1))] for index in range(number)]


def text(words: str) -> str:
    """Escape text so that plotly draws it literally, on axes, in names and on hover."""
    return escape(words, quote=False)


def new_figure(traces: Iterable[go.Bar | go.Scatter]) -> go.Figure:
    """A figure of these traces with small margins, no dragging and one hover label."""
    figure = go.Figure(list(traces))
    figure.update_layout(
        margin={"l": 0, "r": 4, "t": 6, "b": 0},
        showlegend=False,
        barmode="stack",
        bargap=0.25,
        dragmode=False,
        hovermode="x unified",
        hoverlabel={"namelength": -1, "font": {"color": _STRONG}},
        separators=".\N{NARROW NO-BREAK SPACE}",
    )
    figure.update_xaxes(fixedrange=True, tickfont={"color": QUIET})
    figure.update_yaxes(fixedrange=True, tickfont={"color": QUIET}, nticks=5)
    return figure


def render_chart(
    figure: go.Figure | None,
    *,
    key: str,
    title: str,
    summary: str,
    table: pd.DataFrame | None = None,
    empty: tuple[str, str] = ("No data yet", "This chart updates by itself."),
    height: int = HEIGHT,
    heading: str = "h3",
) -> None:
    """Draw a chart with its title, summary, legend and table.

    Args:
        figure: made by `new_figure`; None where there are no data.
        key: of the chart, unique on its page.
        title: a few words.
        summary: its message in a sentence or two; also its alternative for screen readers.
        table: the same numbers, collapsed below it; column names are the headings.
        empty: title and advice where there are no data.
        height: of the plot in pixels.
        heading: the title's element, "h2" or "h3".
    """
    with st.container(gap=None, key=f"reldash_chart_{key}"):
        st.html(
            element(
                "div",
                element(heading, title),
                element("p", summary) if figure is not None else None,
                render_legend(figure) if figure is not None else None,
                class_="rd-chart",
            )
        )
        if figure is None:
            render_empty_state(*empty)
            return
        st.plotly_chart(
            figure, key=f"reldash_plot_{key}", height=height, config=_CONFIG, alt=f"Chart: {title}"
        )
        if table is not None:
            st.html(_render_table(title, table))


def render_legend(figure: go.Figure) -> Markup | None:
    """The named series of a figure with their colours; None for fewer than two."""
    named = [trace for trace in figure.data if trace.name and trace.showlegend is not False]
    if len(named) < 2:
        return None
    return element(
        "ul",
        *(
            element("li", _render_swatch(trace), unescape(trace.name))  # undoes `text`
            for trace in named
        ),
        aria_label="Legend",
    )


def _render_swatch(trace: go.Bar | go.Scatter) -> Markup:
    line = trace.line.color if trace.type == "scatter" else None
    light, dark = _COLOURS[line or trace.marker.color]
    return element(
        "span",
        class_="rd-swatch",
        style=f"background:light-dark({light},{dark})",
        aria_hidden="true",
    )


def _render_table(title: str, table: pd.DataFrame) -> Markup:
    return element(
        "details",
        element("summary", "Show as table"),
        element(
            "table",
            element(
                "thead",
                element("tr", *(element("th", str(name), scope="col") for name in table.columns)),
            ),
            element(
                "tbody",
                *(
                    element("tr", *(element("td", str(value)) for value in row))
                    for row in table.itertuples(index=False)
                ),
            ),
            aria_label=title,
        ),
        class_="rd-chart",
    )
