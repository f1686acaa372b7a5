"""Registry data about the fleet's images, and requests for more of it."""

from collections.abc import Collection

import streamlit as st

from reldash.domain.drift.place_details import digests_of
from reldash.domain.matrix.filters import Filter
from reldash.domain.registries.facts import RegistryFacts
from reldash.services.context import get_context
from reldash.services.registries import read
from reldash.services.reports.notices import (
    load_registry_facts,
    load_scan_notices,
    load_unreachable_registries,
)
from reldash.services.view_cache import Tick
from reldash.ui.cached.dashboards import TTL_SECONDS, get_whole_matrix


def has_registries() -> bool:
    """Whether the fleet file enables any registry."""
    return get_context().written.registry.enabled


def get_facts(tick: Tick) -> RegistryFacts | None:
    """Registry data about the fleet's images; None where no registry is enabled."""
    return _facts(tick) if has_registries() else None


def get_unreachable_registries(tick: Tick) -> tuple[str, ...]:
    """A sentence for each registry of the fleet's images that could not be reached lately."""
    return _unreachable(tick) if has_registries() else ()


def get_scan_notices(tick: Tick) -> tuple[str, ...]:
    """A sentence if scan results are not known for some running image."""
    return _scan_notices(tick) if has_registries() else ()


def request_findings(digests: Collection[str]) -> None:
    """Queue on-demand registry data of these images, single findings included."""
    read.request_details(get_context(), digests, findings=True)


def request_dashboard_facts(dashboard: str, tick: Tick) -> None:
    """Queue on-demand registry data of a dashboard's images, without findings; once a tick."""
    if has_registries():
        _request_facts(dashboard, tick)


@st.cache_resource(ttl=TTL_SECONDS, max_entries=2, show_spinner=False)
def _facts(tick: Tick) -> RegistryFacts:  # noqa: ARG001 - the key
    return load_registry_facts(get_context())


@st.cache_resource(ttl=TTL_SECONDS, max_entries=2, show_spinner=False)
def _unreachable(tick: Tick) -> tuple[str, ...]:  # noqa: ARG001 - the key
    context = get_context()
    return load_unreachable_registries(context, context.now())


@st.cache_resource(ttl=TTL_SECONDS, max_entries=2, show_spinner=False)
def _scan_notices(tick: Tick) -> tuple[str, ...]:  # noqa: ARG001 - the key
    return load_scan_notices(get_context())


@st.cache_resource(ttl=TTL_SECONDS, max_entries=16, show_spinner=False)
def _request_facts(dashboard: str, tick: Tick) -> None:
    cells = get_whole_matrix(dashboard, Filter(), tick).cells.values()
    digests = digests_of(place for cell in cells for place in cell.places)
    read.request_details(get_context(), digests, findings=False)
