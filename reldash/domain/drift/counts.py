"""How many cells were in which state, kept from hour to hour."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from reldash.domain.drift.states import State


@dataclass(frozen=True, slots=True)
class DriftCount:
    """The cells of one environment of a dashboard, counted.

    Attributes:
        at: the beginning of the hour in which they were so last (aware UTC).
        drifting: how many of them drift.
        states: how many are in each state; states that none is in may be missing.
    """

    dashboard: str
    environment: str
    at: datetime
    drifting: int
    states: Mapping[State, int] = field(hash=False)
