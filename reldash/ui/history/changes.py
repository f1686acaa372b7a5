"""Table of changes, with links to the matrix just before and just after each."""

from collections.abc import Sequence
from datetime import datetime

from reldash.domain.fleet.rules import FleetRules
from reldash.domain.history.changes import Change
from reldash.ui.as_of.presets import around
from reldash.ui.widgets.change_badges import render_change
from reldash.ui.widgets.html_table import render_table
from reldash.ui.widgets.markup import Markup, element, joined
from reldash.ui.widgets.page_urls import cell_url, history_url
from reldash.ui.widgets.relative_times import exact, render_ago

FREEZE_MARK = "❄"


def render_changes(
    found: Sequence[Change], rules: FleetRules, dashboard: str, now: datetime
) -> Markup:
    """The table in the given order.

    Args:
        found: the changes.
        rules: the fleet's.
        dashboard: its key.
        now: aware UTC.
    """
    heads = ["When", "Change", "Service", "Version", "Where", "Matrix"]
    return render_table(
        "Changes, newest first",
        heads,
        (_row(change, rules, dashboard, now) for change in found),
        class_="rd-changes",
    )


def _row(
    change: Change, rules: FleetRules, dashboard: str, now: datetime
) -> tuple[str | Markup | None, ...]:
    customer = f" · {change.customer}" if change.customer else ""
    return (
        render_when(change, now),
        joined(
            render_change(change),
            element(
                "span",
                f" {FREEZE_MARK} in {change.freeze}",
                class_="rd-freeze",
                title="Seen in a freeze window",
            )
            if change.freeze
            else None,
        ),
        element("a", change.service, href=history_url(dashboard, change.service)),
        render_versions(change),
        joined(
            element("b", f"{change.environment}{customer}"),
            element("span", f" {change.cluster} / {change.namespace}", class_="rd-quiet"),
        ),
        _render_before_and_after(change, rules, dashboard),
    )


def render_when(change: Change, now: datetime) -> Markup:
    """When a change happened: a time, an estimate, or the gap between two reads."""
    if change.gap is not None:
        since, until = change.gap
        return joined(
            render_ago(change.at, now),
            element(
                "span",
                f"between {since:%Y-%m-%d %H:%M} and {until:%Y-%m-%d %H:%M} UTC",
                class_="rd-under",
                title=f"Its cluster was not read between {exact(since)} and {exact(until)}",
            ),
        )
    if not change.approximate:
        return render_ago(change.at, now)
    title = "Estimated from ReplicaSets and ControllerRevisions, from before recording began"
    return joined(element("span", "about ", title=title), render_ago(change.at, now))


def render_versions(change: Change) -> Markup:
    """The versions after and before the change."""
    after = element("span", change.after, class_="rd-version") if change.after else None
    before = element("span", f"after {change.before}", class_="rd-quiet") if change.before else None
    if after and before:
        return joined(after, " ", before)
    if after:
        return after
    return element("span", f"was {change.before}", class_="rd-quiet")


def _render_before_and_after(change: Change, rules: FleetRules, dashboard: str) -> Markup:
    """Links to the cell just before and just after; for a gap, at its two ends."""
    before, after = around(change.at)
    if change.gap is not None:
        before = around(change.gap[0])[1]
    return element(
        "span",
        *(
            element(
                "a",
                words,
                href=cell_url(
                    rules, dashboard, change.service, change.environment, change.customer, at
                ),
                title=f"The matrix {exact(at)}",
            )
            for words, at in (("before", before), ("after", after))
        ),
        class_="rd-around",
    )
