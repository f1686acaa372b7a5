"""Tables of rollout frequency by environment, and of dwell times."""

from collections.abc import Sequence
from datetime import datetime

from reldash.domain.fleet.rules import FleetRules
from reldash.domain.history.metric_definitions import (
    DWELL,
    LAST_CHANGE,
    ROLLBACKS,
    ROLLOUTS_PER_DAY,
    TREND,
)
from reldash.domain.history.metrics import Dwell, Frequency
from reldash.domain.phrases import duration_words
from reldash.ui.widgets.definitions import render_definitions
from reldash.ui.widgets.html_table import render_table
from reldash.ui.widgets.markup import Markup, element, joined
from reldash.ui.widgets.page_urls import cell_url, history_url
from reldash.ui.widgets.relative_times import render_duration

MOST_DWELLS = 20


def render_frequencies(found: Sequence[Frequency], now: datetime) -> Markup:
    """Rollouts per day, rollbacks and time since the last change, by environment."""
    return element(
        "section",
        element("h2", "Rollouts by environment"),
        render_definitions(ROLLOUTS_PER_DAY, ROLLBACKS, LAST_CHANGE, TREND),
        render_table(
            "Rollouts by environment",
            ["Environment", "Rollouts", "Per day", "Trend", "Rollbacks", "Last change"],
            (
                (
                    one.environment,
                    _rollouts(one),
                    "" if one.per_day is None else _rate(one.per_day),
                    trend_words(one),
                    str(one.rollbacks),
                    joined(render_duration(one.last_at, now), " ago") if one.last_at else "none",
                )
                for one in found
            ),
            class_="rd-number",
        ),
        class_="rd-section",
    )


def render_dwells(found: Sequence[Dwell], rules: FleetRules, dashboard: str) -> Markup:
    """The longest current dwell times."""
    rest = len(found) - MOST_DWELLS
    return element(
        "section",
        element("h2", "Dwell now"),
        render_definitions(DWELL),
        render_table(
            "Dwell now, longest first",
            ["Service", "Environment", "Runs", "Waiting", "For"],
            (
                (
                    element("a", one.service, href=history_url(dashboard, one.service)),
                    element(
                        "a",
                        one.environment,
                        href=cell_url(rules, dashboard, one.service, one.column),
                    ),
                    element("span", one.version, class_="rd-version"),
                    joined(
                        element("span", one.baseline_version, class_="rd-version"),
                        element("span", f" in {one.baseline}", class_="rd-quiet"),
                    ),
                    duration_words(one.dwell),
                )
                for one in found[:MOST_DWELLS]
            ),
        ),
        element("p", f"and {rest} more") if rest > 0 else None,
        class_="rd-section",
    )


def trend_words(one: Frequency) -> str:
    """How the rate moved against the time before: "▲ 0.4 a day more"; "" where not known."""
    if one.trend is None:
        return ""
    if abs(one.trend) < 0.05:
        return "as before"
    return f"▲ {_rate(one.trend)} more" if one.trend > 0 else f"▼ {_rate(-one.trend)} fewer"


def _rollouts(one: Frequency) -> str | Markup:
    if not one.approximate:
        return str(one.rollouts)
    return joined(str(one.rollouts), element("span", "partly estimated", class_="rd-under"))


def _rate(rate: float) -> str:
    return f"{rate:.1f}" if rate < 10 else f"{rate:.0f}"
