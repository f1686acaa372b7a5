"""Table of image search results."""

from collections.abc import Sequence
from datetime import datetime

from reldash.domain.fleet.rules import FleetRules
from reldash.domain.history.image_search import ImagePlace
from reldash.domain.images.references import parse_image_id, short_digest
from reldash.domain.phrases import duration_words
from reldash.domain.workloads.pod_containers import PodRole
from reldash.ui.as_of.presets import around
from reldash.ui.widgets.html_table import render_table
from reldash.ui.widgets.markup import Markup, element, joined
from reldash.ui.widgets.page_urls import cell_url, history_url
from reldash.ui.widgets.relative_times import exact, render_ago


def render_results(
    places: Sequence[ImagePlace], rules: FleetRules, now: datetime, *, several: bool
) -> Markup:
    """The table in the given order.

    Args:
        places: the results.
        rules: the fleet's.
        now: aware UTC.
        several: whether there are several search terms, so that each row shows its own.
    """
    return render_table(
        "Where images run or ran",
        ["Runs", "Image", "Service", "Where", *(["Searched for"] if several else [])],
        (
            (
                _render_when(place, now),
                _render_image(place),
                _render_service(place),
                _render_where(place, rules),
                *([element("code", place.text)] if several else []),
            )
            for place in places
        ),
        class_="rd-found",
    )


def _render_when(place: ImagePlace, now: datetime) -> Markup:
    about = "about " if place.approximate else ""
    if place.started_at is None:
        began: Markup | None = None
    else:
        began = joined(about, render_ago(place.started_at, now))
    if place.ended_at is None or place.started_at is None:
        return joined(
            element(
                "span",
                element("span", "●", class_="rd-shape", aria_hidden="true"),
                " runs now",
                class_="rd-here",
            ),
            element("span", "since ", began, class_="rd-under") if began else None,
        )
    length = duration_words(place.ended_at - place.started_at)
    title = f"from {exact(place.started_at)} until {exact(place.ended_at)}"
    return joined(
        element("span", element("span", "○", class_="rd-shape", aria_hidden="true"), " ran until "),
        render_ago(place.ended_at, now),
        element("span", f"for {about}{length}", class_="rd-under", title=title),
    )


def _render_image(place: ImagePlace) -> Markup:
    digests = [parse_image_id(text) for text in place.digests]
    return joined(
        element("code", place.image),
        *(
            element("span", short_digest(digest.value), class_="rd-under", title=digest.value)
            for digest in digests
            if digest is not None and digest.value not in place.image
        ),
        element("span", place.finding, class_="rd-under") if place.finding else None,
    )


def _render_service(place: ImagePlace) -> Markup:
    name = place.service or place.workload
    shown: str | Markup = name
    if place.dashboard and place.service:
        shown = element("a", name, href=history_url(place.dashboard, place.service))
    container = f"container {place.container}"
    if isinstance(place.role, PodRole):
        container = f"{place.role}: {place.container}"
    return joined(shown, element("span", container, class_="rd-under"))


def _render_where(place: ImagePlace, rules: FleetRules) -> Markup:
    path = f"{place.cluster} / {place.namespace} / {place.workload}"
    if not (place.dashboard and place.service and place.environment):
        return element("span", path)
    at = None if place.ended_at is None else around(place.ended_at)[0]
    address = cell_url(rules, place.dashboard, place.service, place.environment, place.customer, at)
    title = "Open the cell" if at is None else "Open the cell as it was just before"
    customer = f" · {place.customer}" if place.customer else ""
    return joined(
        element("a", f"{place.environment}{customer}", href=address, title=title),
        element("span", path, class_="rd-under"),
    )
