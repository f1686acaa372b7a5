"""The timeline of a service: a lane for each place, bars for the versions that ran there."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter

import pandas as pd
import plotly.graph_objects as go

from reldash.domain.history.timeline import Lane, Span, SpanKind
from reldash.domain.matrix.cell_text import iso
from reldash.domain.phrases import counted, duration_words
from reldash.ui.history.lanes import lane_labels
from reldash.ui.widgets import charts
from reldash.ui.widgets.relative_times import exact

MOST_LANES = 40
LANE_HEIGHT = 34  # pixels
LONGEST_LABEL = 26  # characters
AXIS_HEIGHT = 34

_UNKNOWN = "unknown"
_PATTERNS = {
    SpanKind.RAN: "",
    SpanKind.APPROXIMATE: ".",
    SpanKind.UNREAD: "/",
    SpanKind.UNKNOWN: "x",
    SpanKind.UNFINISHED: "/",
}
_MEANINGS = {
    SpanKind.APPROXIMATE: "Dotted: from before recording began, with estimated times.",
    SpanKind.UNREAD: "Hatched: not read then; the version is the last one known.",
    SpanKind.UNKNOWN: "Crossed: unknown what ran.",
    SpanKind.UNFINISHED: "Thin: started, not finished; the version behind it went on.",
}
_HEIGHT, _THIN = 0.78, 0.3  # of a lane
_MILLISECOND = timedelta(milliseconds=1)


def render_timeline(lanes: Sequence[Lane], service: str, since: datetime, until: datetime) -> None:
    """Draw the chart with its summary and table.

    Args:
        lanes: as `domain.timeline` makes them; the first `MOST_LANES` are drawn.
        service: whose they are.
        since: where the time shown begins.
        until: where it ends.
    """
    drawn = lanes[:MOST_LANES]
    charts.render_chart(
        make_figure(drawn, since, until) if drawn else None,
        key="timeline",
        title=f"Versions of {service}",
        summary=summary_words(lanes),
        table=timeline_frame(lanes),
        empty=(
            "No data in this period",
            "Choose a longer period, or another service.",
        ),
        height=LANE_HEIGHT * len(drawn) + AXIS_HEIGHT,
        heading="h2",
    )


def make_figure(lanes: Sequence[Lane], since: datetime, until: datetime) -> go.Figure:
    """Bars over time: a row for each lane, a colour for each version in the order they came."""
    colours = _colours(lanes)
    is_named = len(colours) <= _MOST_NAMED
    traces = [_trace(v, colour, lanes, named=is_named) for v, colour in colours.items()]
    # Last, so that they are drawn over the version that went on.
    unfinished = {span.version: None for lane in lanes for span in lane.unfinished}
    traces += [_trace(v, colours[v], lanes, named=False, unfinished=True) for v in unfinished]
    figure = charts.new_figure(traces)
    figure.update_layout(
        barmode="overlay",
        hovermode="closest",
        uniformtext={"minsize": 10, "mode": "hide"},
    )
    figure.update_xaxes(type="date", range=[_naive(since), _naive(until)], title=None)
    labels = lane_labels(lanes)
    figure.update_yaxes(
        tickvals=list(range(len(lanes))),
        ticktext=[charts.text(_shortened(label)) for label in labels],
        range=[len(lanes) - 0.5, -0.5],
        showgrid=False,
        zeroline=False,
        title=None,
    )
    return figure


_MOST_NAMED = 12  # versions in the legend; bars have them as text, too


def summary_words(lanes: Sequence[Lane]) -> str:
    """The summary: number of versions and deployments, what runs now, what patterns mean."""
    now: dict[str, list[str]] = {}
    for lane, label in zip(lanes, lane_labels(lanes), strict=True):
        last = lane.spans[-1]
        if last.runs_on:
            now.setdefault(last.version, []).append(label)
    versions = {span.version for lane in lanes for span in lane.spans if span.version}
    waiting = {s.version: None for lane in lanes for s in lane.unfinished if s.runs_on}
    words = [
        f"{counted(len(versions), 'version')} in {counted(len(lanes), 'deployment')}"
        + (f", of which the first {MOST_LANES} are drawn." if len(lanes) > MOST_LANES else ".")
    ]
    if len(now) == 1:
        words.append(f"{next(iter(now))} runs in all of them that run it at the end.")
    elif 1 < len(now) <= 4:
        ends = [f"{version} in {_few(labels)}" for version, labels in now.items()]
        words.append(f"At the end: {'; '.join(ends)}.")
    if waiting:
        words.append(f"Started, not finished: {_few(list(waiting))}.")
    kinds = {span.kind for lane in lanes[:MOST_LANES] for span in _all(lane)}
    return " ".join([*words, *(text for kind, text in _MEANINGS.items() if kind in kinds)])


def timeline_frame(lanes: Sequence[Lane]) -> pd.DataFrame:
    """The spans as a table, lane by lane and newest first; times in UTC."""
    return pd.DataFrame(
        [
            (
                label,
                f"{lane.key.cluster} / {lane.key.namespace}",
                span.version or _UNKNOWN,
                iso(span.from_at),
                _until_words(span) or iso(span.until_at),
                str(span.kind),
            )
            for lane, label in zip(lanes, lane_labels(lanes), strict=True)
            for span in sorted(_all(lane), key=attrgetter("from_at"), reverse=True)
        ],
        columns=[
            "deployment",
            "cluster / namespace",
            "version",
            "from (UTC)",
            "until (UTC)",
            "known",
        ],
    )


def _colours(lanes: Sequence[Lane]) -> Mapping[str, str]:
    """A colour for each version: the later its first rollout, the stronger."""
    came: dict[str, datetime] = {}
    for span in (span for lane in lanes for span in _all(lane) if span.version):
        came[span.version] = min(came.get(span.version, span.from_at), span.from_at)
    versions = sorted(came, key=lambda version: (came[version], version))
    colours = dict(zip(versions, charts.shades(len(versions)), strict=True)) if versions else {}
    if any(span.kind is SpanKind.UNKNOWN for lane in lanes for span in lane.spans):
        colours[""] = charts.QUIET
    return colours


def _trace(
    version: str, colour: str, lanes: Sequence[Lane], *, named: bool, unfinished: bool = False
) -> go.Bar:
    """The bars of a version: of what ran, or thin ones of its unfinished rollouts."""
    found = [
        (row, span)
        for row, lane in enumerate(lanes)
        for span in (lane.unfinished if unfinished else lane.spans)
        if span.version == version
    ]
    name = charts.text(version or _UNKNOWN)
    return go.Bar(
        orientation="h",
        base=[_naive(span.from_at) for _, span in found],
        x=[(span.until_at - span.from_at) / _MILLISECOND for _, span in found],
        y=[row for row, _ in found],
        width=_THIN if unfinished else _HEIGHT,
        text=[name] * len(found) if version and not unfinished else None,
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        name=name,
        showlegend=named,
        marker={
            "color": colour,
            "opacity": 1.0 if version else 0.2,
            "pattern": {
                "shape": [_PATTERNS[span.kind] for _, span in found],
                "fillmode": "overlay",
                "size": 7,
                "solidity": 0.1,
                "fgopacity": 0.45,
            },
        },
        customdata=[_hover(span, label) for (_, span), label in _labelled(found, lanes)],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _all(lane: Lane) -> tuple[Span, ...]:
    """The spans of a lane with its unfinished rollouts."""
    return (*lane.spans, *lane.unfinished)


def _until_words(span: Span) -> str:
    """How a span that had no end goes on; "" if it has one."""
    if not span.runs_on:
        return ""
    return "not given up" if span.kind is SpanKind.UNFINISHED else "still runs"


def _labelled(
    found: Sequence[tuple[int, Span]], lanes: Sequence[Lane]
) -> list[tuple[tuple[int, Span], str]]:
    labels = lane_labels(lanes)
    return [(one, labels[one[0]]) for one in found]


def _hover(span: Span, label: str) -> str:
    about = "about " if span.kind is SpanKind.APPROXIMATE else ""
    until = _until_words(span) or f"until {exact(span.until_at)}"
    lines = [
        f"<b>{charts.text(span.version or _UNKNOWN)}</b> {charts.text(label)}",
        f"from {about}{exact(span.from_at)}",
        charts.text(until),
        f"{duration_words(span.until_at - span.from_at)}, {span.kind}",
    ]
    return "<br>".join(lines)


def _naive(at: datetime) -> str:
    """A time as plotly takes it: without a zone, always UTC here."""
    return f"{at:%Y-%m-%d %H:%M:%S}"


def _shortened(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"


def _few(labels: Sequence[str]) -> str:
    shown = list(dict.fromkeys(labels))
    return ", ".join(shown) if len(shown) <= 3 else f"{len(shown)} deployments"
