"""Charts of the overview: changes per day, and drift over time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from reldash.domain.phrases import counted, listed
from reldash.services.context import get_context
from reldash.services.reports.cached_reports import get_recent_changes, get_summary
from reldash.services.reports.drift_counts import load_counts
from reldash.services.reports.overview import DashboardSummary
from reldash.services.reports.recent_changes import RecentChanges
from reldash.services.view_cache import Tick
from reldash.ui import cached
from reldash.ui.page import PageRun
from reldash.ui.widgets import charts
from reldash.ui.widgets.markup import element
from reldash.ui.widgets.relative_times import ago

_DAY = timedelta(days=1)
_DAYS, _TIME = "day (UTC)", "time (UTC)"  # heads of the tables' first columns
_MOST_ROWS = 48
_FEWEST_COUNTS = 2
_DRIFT = "Drift over time"


def render_activity(run: PageRun, activity: RecentChanges) -> None:
    """Draw the number of changes per day, by environment."""
    names = [environment.name for environment in run.rules.environments]
    days = _days(activity, run.now)
    table = _by_day(activity, names, days)
    charts.render_chart(
        cached.get_or_make("activity figure", partial(_make_activity, names), run.tick),
        key="activity",
        title="Changes per day",
        summary=_activity_words(table),
        table=table,
        empty=("No changes seen in two weeks", "Changes appear here by day and environment."),
    )


def _make_activity(names: Sequence[str], tick: Tick) -> go.Figure | None:
    context = get_context()
    activity = get_recent_changes(context, tick)
    table = _by_day(activity, names, _days(activity, context.now()))
    shown = [name for name in names if name in table.columns]
    if not shown:
        return None
    figure = charts.new_figure(
        go.Bar(
            x=table[_DAYS],
            y=table[name],
            name=charts.text(name),
            marker_color=colour,
        )
        for name, colour in zip(shown, charts.shades(len(shown)), strict=True)
    )
    figure.update_xaxes(tickformat=charts.DAY, hoverformat="%A, %-d %B")
    figure.update_yaxes(tickformat=",d", rangemode="tozero")
    return figure


def _days(activity: RecentChanges, now: datetime) -> list[date]:
    today = now.astimezone(UTC).date()
    return [activity.since + _DAY * n for n in range((today - activity.since).days + 1)]


def _by_day(activity: RecentChanges, names: Sequence[str], days: Sequence[date]) -> pd.DataFrame:
    """One row a day, oldest first; a column for each environment with any change."""
    shown = [name for name in names if any(activity.days.get((day, name)) for day in days)]
    return pd.DataFrame(
        {
            _DAYS: [day.isoformat() for day in days],
            **{name: [activity.days.get((day, name), 0) for day in days] for name in shown},
        }
    )


def _activity_words(table: pd.DataFrame) -> str:
    """The summary: total, the environment with most, and today's number."""
    counts = table.drop(columns=_DAYS)
    if counts.empty:
        return ""
    totals = counts.sum()
    today = int(counts.iloc[-1].sum())
    words = f"{counted(int(totals.sum()), 'change')} in {counted(len(table), 'day')}"
    most = f", most of them in {totals.idxmax()}" if len(totals) > 1 else f" in {totals.index[0]}"
    return f"{words}{most}; {today} today."


def render_drift(run: PageRun, dashboard: str) -> None:
    """Draw the number of drifting cells by environment, once there are two counts."""
    table = cached.get_or_make(("drift", dashboard), partial(_load_drift, dashboard), run.tick)
    if len(table) <= _FEWEST_COUNTS:  # the last row is the present
        hint = "Counted once an hour. The chart appears after the second count."
        st.html(element("div", element("h3", _DRIFT), element("p", hint), class_="rd-chart"))
        return
    charts.render_chart(
        cached.get_or_make(("drift figure", dashboard), partial(_make_drift, dashboard), run.tick),
        key=f"drift_{dashboard}",
        title=_DRIFT,
        summary=_drift_words(table, run.now, get_summary(get_context(), dashboard, run.tick)),
        table=_as_text(table),
        height=130,
    )


def _load_drift(dashboard: str, tick: Tick) -> pd.DataFrame:
    """One row for each hourly count, oldest first, then the present; a column an environment.

    Counts of unread environments are missing. The present matches the rest of the page; this
    hour's own count is from an earlier minute.
    """
    context = get_context()
    known = context.rules.dashboards[dashboard].environments
    rows: dict[datetime, dict[str, int]] = {}
    for count in load_counts(context, dashboard, context.now()):
        rows.setdefault(count.at, {})[count.environment] = count.drifting
    summary = get_summary(context, dashboard, tick)
    rows[context.now()] = {
        name: drifting
        for name, (drifting, _) in summary.environments.items()
        if name not in summary.unread
    }
    return pd.DataFrame(
        {
            _TIME: list(rows),
            **{
                e.name: pd.array([row.get(e.name) for row in rows.values()], dtype="Int64")
                for e in known
            },
        }
    )


def _fill_gaps(table: pd.DataFrame) -> pd.DataFrame:
    """Fill missing counts with the last known one."""
    return table.ffill().fillna(0)


def _make_drift(dashboard: str, tick: Tick) -> go.Figure:
    table = _fill_gaps(
        cached.get_or_make(("drift", dashboard), partial(_load_drift, dashboard), tick)
    )
    names = list(table.columns[1:])
    figure = charts.new_figure(
        go.Scatter(
            x=table[_TIME],
            y=table[name],
            name=charts.text(name),
            mode="lines",
            stackgroup="drift",
            fillcolor=colour,
            line={"color": colour, "width": 1, "shape": "hv"},
        )
        for name, colour in zip(names, charts.shades(len(names)), strict=True)
    )
    figure.update_xaxes(hoverformat=charts.MINUTE)
    figure.update_yaxes(tickformat=",d", rangemode="tozero")
    return figure


def _drift_words(table: pd.DataFrame, now: datetime, summary: DashboardSummary) -> str:
    """The summary: the number of drifting cells in the last row and in the first."""
    counts = table.drop(columns=_TIME)
    totals = _fill_gaps(counts).sum(axis=1)
    began, first, last = table[_TIME].iloc[0], int(totals.iloc[0]), int(totals.iloc[-1])
    known = replace(summary, drifting=last).total
    words = f"{known[0].upper()}{known[1:]}; {first} drifted {ago(began, now)}."
    kept = [
        str(name) for name in counts if counts[name].isna().iloc[-1] and counts[name].notna().any()
    ]
    return f"{words} Not read lately, last known count used: {listed(kept)}." if kept else words


def _as_text(table: pd.DataFrame) -> pd.DataFrame:
    """The table under the chart: newest first, at most `_MOST_ROWS` rows."""
    latest = table.tail(_MOST_ROWS).iloc[::-1]
    table_text = latest.drop(columns=_TIME).astype("str").fillna("not read")
    table_text.insert(0, _TIME, latest[_TIME].dt.strftime("%Y-%m-%d %H:%M"))
    return table_text
