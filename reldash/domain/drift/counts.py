"""Hourly counts of cells by state."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from reldash.domain.drift.states import State


@dataclass(frozen=True, slots=True)
class DriftCount:
    """The cells of one environment of a dashboard, counted.

    Attributes:
        at: the start of the last hour with these counts (aware UTC).
        drifting: the number of cells that drift.
        states: the number of cells in each state; states without any may be missing.
    """

    dashboard: str
    environment: str
    at: datetime
    drifting: int
    states: Mapping[State, int] = field(hash=False)
