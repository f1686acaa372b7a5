"""What registries know about the fleet's images, and the caveats shown beside the data.

Every function raises StoreError if the database cannot be reached.
"""

from datetime import datetime

from reldash.domain.drift.reasons.findings import scans_known_words
from reldash.domain.drift.reasons.registries import unreached_words
from reldash.domain.matrix.filters import Filter
from reldash.domain.registries.facts import RegistryFacts
from reldash.services.context import Context
from reldash.services.past.past_views import describe_past_gaps
from reldash.services.past.snapshots import load_snapshot
from reldash.services.reports.cached_reports import get_tick
from reldash.services.reports.scan_coverage import load_scan_coverage


def load_registry_facts(context: Context) -> RegistryFacts:
    """The registry data about the fleet's images."""
    return load_snapshot(context).facts


def load_unreachable_registries(context: Context, now: datetime) -> tuple[str, ...]:
    """A sentence for each registry that could not be reached lately."""
    return tuple(unreached_words(load_snapshot(context).facts, now).values())


def load_scan_notices(context: Context) -> tuple[str, ...]:
    """A sentence if scan results are not known for some running image."""
    words = scans_known_words(load_scan_coverage(context, get_tick(context)).scans)
    return (words,) if words else ()


def load_notices(context: Context, chosen: Filter, now: datetime) -> tuple[str, ...]:
    """The caveats of the data that a filter shows, a sentence each.

    For the present, the registries that could not be reached, and with `critical` of how many
    images scans are known; for a past moment, the limits of what was recorded.

    Raises:
        ChoiceError: the filter's moment lies in the future, or before history is kept.
    """
    if chosen.as_of is None:
        return (
            *load_unreachable_registries(context, now),
            *(load_scan_notices(context) if chosen.critical else ()),
        )
    return describe_past_gaps(context, chosen.as_of, now)
