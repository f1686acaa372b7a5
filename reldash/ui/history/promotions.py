"""Tables of promotions and lead times."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from reldash.domain.history.metric_definitions import LEAD_TIME, PERCENTILES, TREND
from reldash.domain.history.metrics import LEAST_FOR_MEDIAN, LEAST_FOR_P90, LeadTimes
from reldash.domain.history.promotions import Promotion
from reldash.domain.phrases import length_words, listed
from reldash.ui.widgets.definitions import render_definitions
from reldash.ui.widgets.html_table import render_table
from reldash.ui.widgets.markup import Markup, element, joined
from reldash.ui.widgets.page_urls import history_url
from reldash.ui.widgets.relative_times import exact, render_ago


def render_lead_times(steps: Sequence[LeadTimes]) -> Markup:
    """Lead times by promotion step: number, median, 90th percentile, trend."""
    return element(
        "section",
        element("h2", "Lead time by step"),
        render_definitions(LEAD_TIME, PERCENTILES, TREND),
        render_table(
            "Lead time by step",
            ["Step", "Promotions", "Median", "90th percentile", "Trend"],
            (
                (
                    f"{step.from_environment} → {step.to_environment}",
                    _counts(step),
                    _or_few(step.median, LEAST_FOR_MEDIAN),
                    _or_few(step.p90, LEAST_FOR_P90),
                    trend_words(step),
                )
                for step in steps
            ),
            class_="rd-number",
        ),
        class_="rd-section",
    )


def render_promotions(found: Sequence[Promotion], dashboard: str, now: datetime) -> Markup:
    """The table of promotions in the given order."""
    return render_table(
        "Promotions, newest first",
        ["When", "Service", "Version", "Step", "Lead time"],
        (
            (
                joined(_about(one), render_ago(one.to_at, now)),
                joined(
                    element("a", one.service, href=history_url(dashboard, one.service)),
                    element("span", one.customer, class_="rd-under") if one.customer else None,
                ),
                element("span", one.version, class_="rd-version"),
                joined(
                    f"{one.from_environment} → {one.to_environment}",
                    element("span", f"skipped {listed(one.skipped)}", class_="rd-under")
                    if one.skipped
                    else None,
                ),
                _render_lead_time(one),
            )
            for one in found
        ),
    )


def trend_words(step: LeadTimes) -> str:
    """The change of the median: "▲ 4 h longer than 1 d before"; "" where one is unknown."""
    if step.trend is None or step.before is None:
        return ""
    before = length_words(step.before)
    if not step.trend:
        return f"as {before} before"
    if step.trend.total_seconds() > 0:
        return f"▲ {length_words(step.trend)} longer than {before} before"
    return f"▼ {length_words(-step.trend)} shorter than {before} before"


def _counts(step: LeadTimes) -> str | Markup:
    more = []
    if step.timed < step.count:
        more.append(f"{step.count - step.timed} of unknown lead time")
    if step.approximate:
        more.append(f"{step.approximate} approximate")
    if not more:
        return str(step.count)
    return joined(str(step.count), element("span", ", ".join(more), class_="rd-under"))


def _or_few(duration: timedelta | None, least: int) -> str | Markup:
    if duration is not None:
        return length_words(duration)
    return element("span", f"fewer than {least}", class_="rd-quiet")


def _render_lead_time(one: Promotion) -> Markup:
    if one.lead_time is None:
        title = f"It ran in {one.from_environment} before recording began there"
        return element("span", "unknown", class_="rd-quiet", title=title)
    title = f"from {exact(one.from_at)} to {exact(one.to_at)}"
    return element("span", f"{_about(one)}{length_words(one.lead_time)}", title=title)


def _about(one: Promotion) -> str:
    return "about " if one.approximate else ""
