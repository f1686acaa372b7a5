"""What pages read, made once for all sessions: the only part that uses Streamlit's caches.

A value is made anew when the data, the cache epoch or the minute has moved. Values are shared
between sessions, so they are never changed after they were made.
"""

from collections.abc import Callable, Collection, Hashable, Sequence
from datetime import datetime
from typing import TypeVar

import pandas as pd
import streamlit as st

from reldash.domain.drift.places import digests_of
from reldash.domain.fleet.rules import FleetRules
from reldash.domain.matrix.cells import Matrix
from reldash.domain.matrix.filtering import filter_matrix
from reldash.domain.matrix.filters import Filter
from reldash.domain.registries.facts import RegistryFacts
from reldash.domain.workloads.observations import ContainerKey
from reldash.services import refresh
from reldash.services.context import get_context
from reldash.services.discovery import DiscoveryReport, report_discovery
from reldash.services.held_views import Tick
from reldash.services.registries import read
from reldash.services.reports import matrix, shared
from reldash.services.reports.cell_details import RecentRollout, load_recent
from reldash.services.reports.clusters import ClusterReport
from reldash.services.reports.inventory import filter_inventory
from reldash.services.reports.news import Activity
from reldash.services.reports.overview import BoardSummary, Choices
from reldash.ui.matrix_grid.payload import Payload, make_payload

Query = tuple[tuple[str, str], ...]
T = TypeVar("T")

# Times grow old by themselves: what was made in an earlier minute is dropped after two.
TTL_SECONDS = 150


def get_tick() -> Tick:
    """The tick of the views that are held: one small query. It moves when newer ones are made."""
    return shared.get_tick(get_context())


def get_rules() -> FleetRules:
    """What the fleet file says."""
    return get_context().rules


def get_whole_matrix(dashboard: str, chosen: Filter, tick: Tick) -> Matrix:
    """The same with every row and column (errors: `matrix.whole_matrix`)."""
    return shared.get_matrix(get_context(), dashboard, chosen, tick)


def get_payload(dashboard: str, chosen: Filter, tick: Tick) -> Payload:
    """A dashboard's matrix under a filter, as the grid is sent it (errors: `matrix.matrix`)."""
    return _payload(dashboard, tuple(chosen.to_query()), tick)


def get_choices(dashboard: str, tick: Tick) -> Choices:
    """What there is to choose from in a dashboard's filters."""
    return shared.get_choices(get_context(), dashboard, tick)


def get_summary(dashboard: str, tick: Tick) -> BoardSummary:
    """What the overview says of a dashboard."""
    return shared.get_summary(get_context(), dashboard, tick)


def get_activity(tick: Tick) -> Activity:
    """What changed lately on all dashboards."""
    return shared.get_activity(get_context(), tick)


def get_inventory(chosen: Filter, tick: Tick) -> pd.DataFrame:
    """The inventory under a filter."""
    return _inventory(tuple(chosen.to_query()), tick)


def get_facts(tick: Tick) -> RegistryFacts | None:
    """What registries told of the fleet's images; None where none is ever asked."""
    return _facts(tick) if asks_registries() else None


def get_unreached(tick: Tick) -> tuple[str, ...]:
    """A sentence for each registry of the fleet's images that was not reached lately."""
    return _unreached(tick) if asks_registries() else ()


def get_past_notices(as_of: datetime) -> tuple[str, ...]:
    """What is not known of a past moment: a sentence each."""
    context = get_context()
    return matrix.notices(context, Filter(as_of=as_of), context.now())


def asks_registries() -> bool:
    """Whether anything in the fleet file lets registries be asked."""
    return get_context().written.registry.enabled


def look_at(digests: Collection[str]) -> None:
    """Have registries asked for what is told of images only when somebody looks at them."""
    read.look_at(get_context(), digests, findings=True)


def look_at_dashboard(dashboard: str, tick: Tick) -> None:
    """The same for all images of a dashboard, but for single findings; once for each tick."""
    if asks_registries():
        _look(dashboard, tick)


def get_recent(keys: tuple[ContainerKey, ...], tick: Tick) -> tuple[RecentRollout, ...]:
    """The last rollouts of a cell's containers."""
    return _recent(keys, tick) if keys else ()


def keep(key: Hashable, make: Callable[[Tick], T], tick: Tick) -> T:
    """What else pages show of a tick, such as charts: made once for everybody, and never changed.

    Args:
        key: what it is; begin it with the name of the page or module that it is of.
        make: makes it; called in the background, too, where there is no page.
        tick: which data it is made of.
    """
    return get_context().views.get(key, make, tick)


def get_clusters() -> tuple[ClusterReport, ...]:
    """How reading goes, as of now: never cached, since it is what tells whether the rest is."""
    context = get_context()
    return matrix.clusters(context, context.now())


def get_discovery() -> DiscoveryReport | None:
    """How looking for clusters goes, as of now; None where none are looked for."""
    return report_discovery(get_context())


def request_refresh(names: Sequence[str]) -> None:
    """Ask whichever collector runs to read these clusters soon; returns at once."""
    refresh.request_refresh(get_context(), names)


def keep_fresh() -> None:
    """Where no collector runs anywhere, begin to read what is due; returns at once."""
    refresh.keep_fresh(get_context())


def renew_views() -> None:
    """Make this process's views anew: times of reading move though the data may not have."""
    get_context().views.renew()


def clear_cache() -> None:
    """Make every view of every process anew."""
    refresh.clear_cache(get_context())


@st.cache_resource(ttl=TTL_SECONDS, max_entries=16, show_spinner=False)
def _payload(dashboard: str, query: Query, tick: Tick) -> Payload:
    chosen = Filter.from_query(query)
    return make_payload(filter_matrix(get_whole_matrix(dashboard, chosen, tick), chosen))


@st.cache_resource(ttl=TTL_SECONDS, max_entries=16, show_spinner=False)
def _inventory(query: Query, tick: Tick) -> pd.DataFrame:
    chosen = Filter.from_query(query)
    return filter_inventory(shared.get_containers(get_context(), tick, chosen.as_of), chosen)


@st.cache_resource(ttl=TTL_SECONDS, max_entries=2, show_spinner=False)
def _facts(tick: Tick) -> RegistryFacts:  # noqa: ARG001 - the key
    return matrix.facts(get_context())


@st.cache_resource(ttl=TTL_SECONDS, max_entries=2, show_spinner=False)
def _unreached(tick: Tick) -> tuple[str, ...]:  # noqa: ARG001 - the key
    context = get_context()
    return matrix.unreached(context, context.now())


@st.cache_resource(ttl=TTL_SECONDS, max_entries=16, show_spinner=False)
def _look(dashboard: str, tick: Tick) -> None:
    cells = get_whole_matrix(dashboard, Filter(), tick).cells.values()
    digests = digests_of(place for cell in cells for place in cell.places)
    read.look_at(get_context(), digests, findings=False)


@st.cache_resource(ttl=TTL_SECONDS, max_entries=64, show_spinner=False)
def _recent(keys: tuple[ContainerKey, ...], tick: Tick) -> tuple[RecentRollout, ...]:  # noqa: ARG001 - part of the key
    return load_recent(get_context(), keys)
