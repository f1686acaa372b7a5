"""Table of a cell's last rollouts."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from reldash.domain.phrases import duration_words
from reldash.services.reports.cell_details import RecentRollout
from reldash.ui.widgets.markup import Markup, element, joined
from reldash.ui.widgets.relative_times import exact, render_ago

# A rollout is seen when its cluster is read; if it is ready by then, its duration is unknown.
_AT_ONCE = timedelta(seconds=1)


def render_rollouts(rollouts: Sequence[RecentRollout], now: datetime) -> list[Markup]:
    """The table, newest first; an empty list without rollouts.

    Deployments are named only where there are several.
    """
    if not rollouts:
        return []
    several = len({rollout.key for rollout in rollouts}) > 1
    heads = ["Started", "Version", "Ran for", *(["Where"] if several else [])]
    return [
        element(
            "section",
            element("h3", "Recent rollouts"),
            element(
                "table",
                element(
                    "thead",
                    element("tr", *(element("th", head, scope="col") for head in heads)),
                ),
                element(
                    "tbody", *(_render_row(rollout, now, several=several) for rollout in rollouts)
                ),
                class_="rd-recent",
                aria_label="Recent rollouts",
            ),
            class_="rd-details rd-image",
        )
    ]


def _render_row(rollout: RecentRollout, now: datetime, *, several: bool) -> Markup:
    key = rollout.key
    about = "about " if rollout.is_approximate else ""
    place = joined(key.cluster, element("span", f" {key.namespace}", class_="rd-quiet"))
    return element(
        "tr",
        element("td", about, render_ago(rollout.started_at, now)),
        element(
            "td",
            element("span", rollout.version, class_="rd-version"),
            element("span", f" after {rollout.before}", class_="rd-quiet")
            if rollout.before
            else None,
        ),
        element("td", _render_length(rollout)),
        element("td", place) if several else None,
    )


def _render_length(rollout: RecentRollout) -> str | Markup:
    """How long it ran, or that it still runs, and how long it took to become ready."""
    if rollout.is_unfinished:
        return _render_unfinished(rollout)
    if rollout.ended_at is None:
        ran: str | Markup = "ran then" if rollout.ran_then else "runs now"
    else:
        ran = element(
            "span",
            duration_words(rollout.ended_at - rollout.started_at),
            title=f"until {exact(rollout.ended_at)}",
        )
    return joined(ran, _render_ready(rollout))


def _render_unfinished(rollout: RecentRollout) -> Markup:
    if rollout.ended_at is None:
        return element("span", "started, not finished")
    lasted = duration_words(rollout.ended_at - rollout.started_at)
    title = f"until {exact(rollout.ended_at)}"
    return element("span", f"started, not finished, given up after {lasted}", title=title)


def _render_ready(rollout: RecentRollout) -> Markup | None:
    if rollout.is_approximate:  # revisions do not record it
        return None
    if rollout.ready_at is None:
        words = "not ready yet" if rollout.ended_at is None else "never ready"
        return element("span", f", {words}", class_="rd-quiet")
    took = rollout.ready_at - rollout.started_at
    if took < _AT_ONCE:
        return None
    title = f"ready {exact(rollout.ready_at)}"
    return element("span", f", ready after {duration_words(took)}", class_="rd-quiet", title=title)
