"""Matrices, inventory and overview as of now or of a past moment."""

from collections.abc import Callable, Hashable
from typing import TypeVar

import pandas as pd
import streamlit as st

from reldash.domain.fleet.rules import FleetRules
from reldash.domain.matrix.apply_filter import filter_matrix
from reldash.domain.matrix.cells import Matrix
from reldash.domain.matrix.filters import Filter
from reldash.domain.workloads.observations import ContainerKey
from reldash.services.context import get_context
from reldash.services.reports import cached_reports
from reldash.services.reports.cell_details import RecentRollout, load_recent
from reldash.services.reports.inventory import filter_inventory
from reldash.services.reports.overview import Choices, DashboardSummary
from reldash.services.reports.recent_changes import RecentChanges
from reldash.services.view_cache import Tick
from reldash.ui.matrix_grid.payload import Payload, make_payload

Query = tuple[tuple[str, str], ...]
T = TypeVar("T")

# A tick names a minute; its values are dropped soon after that minute is over.
TTL_SECONDS = 150


def get_tick() -> Tick:
    """The tick of the current views: one small query. It moves when newer views are made."""
    return cached_reports.get_tick(get_context())


def get_rules() -> FleetRules:
    """The fleet file as rules."""
    return get_context().rules


def get_whole_matrix(dashboard: str, chosen: Filter, tick: Tick) -> Matrix:
    """A dashboard's matrix with all rows and columns (errors: `matrix.whole_matrix`)."""
    return cached_reports.get_matrix(get_context(), dashboard, chosen, tick)


def get_payload(dashboard: str, chosen: Filter, tick: Tick) -> Payload:
    """A dashboard's matrix under a filter, in the grid's format (errors: `matrix.matrix`)."""
    return _payload(dashboard, tuple(chosen.to_query()), tick)


def get_choices(dashboard: str, tick: Tick) -> Choices:
    """The options of a dashboard's filters."""
    return cached_reports.get_choices(get_context(), dashboard, tick)


def get_summary(dashboard: str, tick: Tick) -> DashboardSummary:
    """A dashboard's summary for the overview."""
    return cached_reports.get_summary(get_context(), dashboard, tick)


def get_activity(tick: Tick) -> RecentChanges:
    """Recent changes on all dashboards."""
    return cached_reports.get_recent_changes(get_context(), tick)


def get_inventory(chosen: Filter, tick: Tick) -> pd.DataFrame:
    """The inventory under a filter."""
    return _inventory(tuple(chosen.to_query()), tick)


def get_recent_rollouts(keys: tuple[ContainerKey, ...], tick: Tick) -> tuple[RecentRollout, ...]:
    """The last rollouts of a cell's containers."""
    return _recent(keys, tick) if keys else ()


def get_or_make(key: Hashable, make: Callable[[Tick], T], tick: Tick) -> T:
    """Any other value of a tick, such as a chart: made once and shared, so never changed.

    Args:
        key: names the value; begin it with the name of its page or module.
        make: makes it; also called in the background, outside of any page.
        tick: the data that it is made from.
    """
    return get_context().views.get(key, make, tick)


@st.cache_resource(ttl=TTL_SECONDS, max_entries=16, show_spinner=False)
def _payload(dashboard: str, query: Query, tick: Tick) -> Payload:
    chosen = Filter.from_query(query)
    return make_payload(filter_matrix(get_whole_matrix(dashboard, chosen, tick), chosen))


@st.cache_resource(ttl=TTL_SECONDS, max_entries=16, show_spinner=False)
def _inventory(query: Query, tick: Tick) -> pd.DataFrame:
    chosen = Filter.from_query(query)
    return filter_inventory(
        cached_reports.get_containers(get_context(), tick, chosen.as_of), chosen
    )


@st.cache_resource(ttl=TTL_SECONDS, max_entries=64, show_spinner=False)
def _recent(keys: tuple[ContainerKey, ...], tick: Tick) -> tuple[RecentRollout, ...]:  # noqa: ARG001 - part of the key
    return load_recent(get_context(), keys)
