"""What the clusters page says of discovery: found without a place, and regions that fail."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from reldash.domain.fleet.discovered import RegionStatus
from reldash.domain.phrases import counted, listed
from reldash.services.discovery import DiscoveryReport
from reldash.services.fleet.assignment import Unassigned
from reldash.ui.widgets.empty_states import render_empty_state
from reldash.ui.widgets.markup import Markup, element
from reldash.ui.widgets.relative_times import render_ago

MOST_UNASSIGNED = 100  # named; an account may hold hundreds that are nobody's concern here


def render_no_clusters(discovery: DiscoveryReport | None) -> None:
    """Why the fleet has no clusters."""
    if discovery is None:
        advice = "Add one under “clusters” in the fleet file, or rules for finding them."
        render_empty_state("The fleet has no clusters", advice)
    elif discovery.unlooked:
        advice = f"AWS is asked in {listed(discovery.unlooked)}. This page fills by itself."
        render_empty_state("Looking for clusters", advice)
    elif discovery.unassigned:
        advice = "Tag them in AWS as said below. They are looked for every few minutes."
        render_empty_state("None of the clusters that were found has a place in the fleet", advice)
    elif any(status.error_title for status in discovery.regions):
        render_empty_state("No cluster was found", "AWS does not tell everything; below is why.")
    else:
        advice = "See that the rules under “discover” in the fleet file name their regions."
        render_empty_state("No cluster was found", advice)


def render_discovery(discovery: DiscoveryReport, now: datetime) -> None:
    """Draw what is under way or to be mended about discovery, if anything is."""
    if discovery.unlooked and discovery.regions:
        words = f"Clusters are being looked for in {listed(discovery.unlooked)}."
        st.html(element("p", words, class_="rd-quiet"))
    for status in discovery.regions:
        if status.error_title:
            st.html(_render_failure(status, now))
    if discovery.unassigned:
        _render_unassigned_clusters(discovery.unassigned)


def _render_failure(status: RegionStatus, now: datetime) -> Markup:
    quiet = f" as {status.role_arn}" if status.role_arn else ""
    return element(
        "section",
        element("h2", f"Discovery in {status.region}", element("span", quiet, class_="rd-quiet")),
        element("p", element("b", status.error_title), f": {status.error_message}"),
        element("p", element("b", "To mend it"), f": {status.error_mend}")
        if status.error_mend
        else None,
        element(
            "p",
            "What was found before stays. Last tried ",
            render_ago(status.attempted_at, now),
            "; last reached ",
            render_ago(status.reached_at, now),
            class_="rd-quiet",
        ),
        class_="rd-problem",
    )


def _render_unassigned_clusters(unassigned: Sequence[Unassigned]) -> None:
    st.header("Found, not assigned", anchor=False)
    words = f"{counted(len(unassigned), 'EKS cluster')} that tags give no place in the fleet."
    st.html(element("p", f"{words} Nothing is read there."))
    for each in unassigned[:MOST_UNASSIGNED]:
        st.html(_render_unassigned_cluster(each))
    rest = len(unassigned) - MOST_UNASSIGNED
    if rest > 0:
        st.html(element("p", f"and {rest} more"))


def _render_unassigned_cluster(each: Unassigned) -> Markup:
    found = each.found
    return element(
        "section",
        element(
            "h3",
            found.name,
            element("span", f" account {found.account}, {found.region}", class_="rd-quiet"),
        ),
        element("p", f"Not assigned: {each.reason}"),
        element("p", element("b", "To mend it"), f": {each.mend}"),
        class_="rd-problem",
    )
