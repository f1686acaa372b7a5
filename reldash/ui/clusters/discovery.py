"""Cluster discovery on the clusters page: failing regions, clusters without an assignment."""

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

MOST_UNASSIGNED = 100  # listed; an account may hold hundreds of unrelated clusters


def render_no_clusters(discovery: DiscoveryReport | None) -> None:
    """Draw why the fleet has no clusters, and what to do."""
    if discovery is None:
        advice = "Add clusters or “discover” rules to the fleet file."
        render_empty_state("The fleet has no clusters", advice)
    elif discovery.not_searched:
        advice = f"Regions: {listed(discovery.not_searched)}. This page updates by itself."
        render_empty_state("Searching for clusters in AWS", advice)
    elif discovery.unassigned:
        advice = "Tag them in AWS as shown below. Discovery runs every few minutes."
        render_empty_state("No discovered cluster is assigned to the fleet", advice)
    elif any(status.error_title for status in discovery.regions):
        render_empty_state(
            "No cluster found", "Discovery failed in some regions; the causes are below."
        )
    else:
        advice = "Check that the rules under “discover” in the fleet file name the right regions."
        render_empty_state("No cluster found", advice)


def render_discovery(discovery: DiscoveryReport, now: datetime) -> None:
    """Draw searches under way, failing regions and unassigned clusters, if any."""
    if discovery.not_searched and discovery.regions:
        words = f"Searching for clusters in {listed(discovery.not_searched)}."
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
        element("p", element("b", "How to fix"), f": {status.error_remedy}")
        if status.error_remedy
        else None,
        element(
            "p",
            "Clusters found earlier stay in the fleet. Last attempt ",
            render_ago(status.attempted_at, now),
            "; last success ",
            render_ago(status.reached_at, now),
            class_="rd-quiet",
        ),
        class_="rd-problem",
    )


def _render_unassigned_clusters(unassigned: Sequence[Unassigned]) -> None:
    st.header("Found, not assigned", anchor=False)
    words = f"{counted(len(unassigned), 'EKS cluster')} without tags that assign them to the fleet."
    st.html(element("p", f"{words} They are not read."))
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
        element("p", element("b", "How to fix"), f": {each.remedy}"),
        class_="rd-problem",
    )
