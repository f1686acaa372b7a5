"""What registries know about the fleet's images, and the caveats shown beside the data.

Every function raises StoreError if the database cannot be reached.
"""

from datetime import datetime

from reldash.domain.drift.reasons.registries import unreached_words
from reldash.domain.matrix.filters import Filter
from reldash.domain.registries.facts import RegistryFacts
from reldash.services.context import Context
from reldash.services.past.past_views import describe_past_gaps
from reldash.services.past.snapshots import load_snapshot


def load_registry_facts(context: Context) -> RegistryFacts:
    """The registry data about the fleet's images."""
    return load_snapshot(context).facts


def load_unreachable_registries(context: Context, now: datetime) -> tuple[str, ...]:
    """A sentence for each registry that could not be reached lately."""
    return tuple(unreached_words(load_snapshot(context).facts, now).values())


def load_notices(context: Context, chosen: Filter, now: datetime) -> tuple[str, ...]:
    """The caveats of the data that a filter shows, a sentence each.

    For the present, the registries that could not be reached; for a past moment, the limits of
    what was recorded.

    Raises:
        ChoiceError: the filter's moment lies in the future, or before history is kept.
    """
    if chosen.as_of is None:
        return load_unreachable_registries(context, now)
    return describe_past_gaps(context, chosen.as_of, now)
