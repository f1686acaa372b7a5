"""Details of a cell: why it has its state, images, recent rollouts, and each deployment."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from reldash.domain.drift.place_details import PlaceDetails
from reldash.domain.fleet.rules import LinkRules
from reldash.domain.images.references import short_digest
from reldash.domain.links.place_links import Link, links_of, part_shared
from reldash.domain.matrix.cell_text import lag_words, versions_text
from reldash.domain.matrix.cells import Cell
from reldash.domain.phrases import counted
from reldash.domain.registries.facts import RegistryFacts
from reldash.services.reports.cell_details import RecentRollout
from reldash.ui.dashboard.image_facts import render_findings, render_images, render_scan
from reldash.ui.dashboard.link_list import render_links
from reldash.ui.dashboard.rollouts_table import render_rollouts
from reldash.ui.widgets.markup import Markup, element, joined
from reldash.ui.widgets.relative_times import render_ago, render_duration
from reldash.ui.widgets.state_badges import (
    display_name,
    render_fix,
    render_flag,
    render_last_state,
)

NO_LINKS = LinkRules()


def render_cell(
    service: str,
    title: str,
    cell: Cell,
    facts: RegistryFacts | None,
    now: datetime,
    *,
    links: LinkRules = NO_LINKS,
    compared_with: PlaceDetails | None = None,
    recent: Sequence[RecentRollout] = (),
    readings: Sequence[str] = (),
) -> list[Markup]:
    """The details of a cell, as pieces of HTML that change at different times.

    Args:
        service: of the row.
        title: of the column.
        cell: the cell.
        facts: registry data; None where no registry is enabled.
        now: aware UTC.
        links: link templates for its deployments.
        compared_with: the deployment that has run the baseline's version longest.
        recent: its last rollouts, newest first.
        readings: how its tags were read, a line each.
    """
    shared, own = part_shared([links_of(place, service, links) for place in cell.places])
    images = render_images(cell.places, facts, now) if facts else []
    return [
        _render_head(service, title, cell, images, shared, compared_with, readings, now),
        *(render_findings(cell.places, facts) if facts else ()),
        *render_rollouts(recent, now),
        _render_places(cell.places, own, now),
    ]


def _render_head(
    service: str,
    title: str,
    cell: Cell,
    images: Sequence[Markup],
    shared: Sequence[Link],
    compared_with: PlaceDetails | None,
    readings: Sequence[str],
    now: datetime,
) -> Markup:
    versions = versions_text(cell)
    return element(
        "article",
        element("h2", service, element("span", f" in {title}", class_="rd-quiet")),
        element(
            "p",
            element("span", versions, class_="rd-version") if versions else None,
            " " if versions else None,
            render_last_state(cell),
        ),
        element("p", cell.reason) if cell.reason else None,
        _render_facts(cell, len(images), shared, compared_with, readings, now),
        _render_flags(cell),
        element("p", render_fix(), f" {cell.fixed_earlier}", class_="rd-fixed")
        if cell.fixed_earlier
        else None,
        *images,
        class_="rd-details",
        aria_label=f"Details of {service} in {title}",
    )


def _render_facts(
    cell: Cell,
    images: int,
    shared: Sequence[Link],
    compared_with: PlaceDetails | None,
    readings: Sequence[str],
    now: datetime,
) -> Markup:
    facts: list[tuple[str, str | Markup]] = [
        ("Compared with", _render_compared(cell, compared_with, now)),
        ("Ordered by", cell.method),
        ("Tag read as", joined(*(element("div", line) for line in readings)) if readings else ""),
        ("Distance", lag_words(cell.lag)),
        ("Rolling out", cell.candidate),
        ("Runs since", render_ago(cell.since, now) if cell.since else ""),
    ]
    if images != 1:  # a single image shows both itself
        pushed = render_ago(cell.pushed_at, now) if cell.pushed_at else ""
        facts += [("First pushed", pushed), ("Findings", render_scan(cell.scan, now))]
    facts.append(("Read", render_ago(cell.observed_at, now) if cell.observed_at else ""))
    if len(cell.versions) > 1:
        shares = [
            f"{version} in {cell.where.get(version) or counted(count, 'deployment')}"
            for version, count in cell.versions
        ]
        facts.insert(0, ("Versions", ", ".join(shares)))
    if not cell.is_known:
        facts.insert(0, ("Not fully known", f"counts as {display_name(cell.state)}"))
    return _render_list([*facts, *render_links(shared)])


def _render_compared(cell: Cell, place: PlaceDetails | None, now: datetime) -> str | Markup:
    if not cell.baseline:
        return ""
    compared = ": ".join(text for text in (cell.baseline, cell.baseline_version) if text)
    if place is None or place.since is None:
        return compared
    about = "about " if place.since_approximate else ""
    return joined(compared, f", there for {about}", render_duration(place.since, now))


def _render_flags(cell: Cell) -> Markup | None:
    if not cell.flags:
        return None
    return element(
        "ul",
        *(
            element("li", render_flag(flag), joined(" ", cell.flag_reasons.get(flag, "")))
            for flag in cell.flags
        ),
        class_="rd-flags",
    )


def _render_places(
    places: Sequence[PlaceDetails], links: Sequence[Sequence[Link]], now: datetime
) -> Markup:
    """Each deployment, with the links that not all of them share."""
    return element(
        "div",
        *(_render_place(place, own, now) for place, own in zip(places, links, strict=True)),
        class_="rd-details",
    )


def _render_place(place: PlaceDetails, links: Sequence[Link], now: datetime) -> Markup:
    wanted = "" if place.wanted is None else f" of {place.wanted}"
    since: str | Markup = ""
    if place.since:
        since = joined("about " if place.since_approximate else "", render_ago(place.since, now))
    facts: list[tuple[str, str | Markup]] = [
        ("Requested image", _code([place.image])),
        (
            "Running image",
            "same as requested" if place.running == (place.image,) else _code(place.running),
        ),
        ("Digests", _code(place.digests)),
        ("Tag now points to", _code([short_digest(place.current)] if place.current else [])),
        ("Registry", place.registry),
        ("Replicas", "not recorded" if place.ready is None else f"{place.ready}{wanted} ready"),
        ("Rollout", place.status),
        ("Waiting", ", ".join(place.waiting)),
        ("Runs since", since),
        ("Read", render_ago(place.observed_at, now)),
        *render_links(links),
    ]
    return element(
        "section",
        element(
            "h3",
            f"{place.cluster} / {place.namespace} / {place.workload}",
            element("span", f" {place.kind}, container {place.container}", class_="rd-quiet"),
        ),
        element("p", *(joined(render_flag(f), " ") for f in place.flags)) if place.flags else None,
        _render_list(facts),
        class_="rd-place",
    )


def _code(texts: Iterable[str]) -> Markup:
    return joined(*(element("code", text) for text in texts))


def _render_list(facts: Iterable[tuple[str, str | Markup]]) -> Markup:
    """A definition list; terms without a fact are left out."""
    return element(
        "dl", *(joined(element("dt", term), element("dd", fact)) for term, fact in facts if fact)
    )
