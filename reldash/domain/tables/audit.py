"""The audit log as a data frame."""

from collections.abc import Sequence

import pandas as pd

from reldash.domain.accounts import AuditEntry
from reldash.domain.tables.csv_text import times


def audit_frame(entries: Sequence[AuditEntry]) -> pd.DataFrame:
    """A row per entry, in their order: time (aware UTC), actor, action, target, address, detail."""
    return pd.DataFrame(
        {
            "at": times([entry.at for entry in entries]),
            "who": [entry.actor for entry in entries],
            "what": [entry.action for entry in entries],
            "whom": [entry.target for entry in entries],
            "from": [entry.address for entry in entries],
            "detail": [
                ", ".join(f"{name}: {text}" for name, text in entry.detail.items())
                for entry in entries
            ],
        }
    )
