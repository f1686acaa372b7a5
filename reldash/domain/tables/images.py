"""Results of an image search as a data frame."""

from collections.abc import Iterable

import pandas as pd

from reldash.domain.history.image_search import ImageResults
from reldash.domain.tables.csv_text import times


def images_frame(answer: ImageResults) -> pd.DataFrame:
    """A row per place, in their order, then one for each text that was not found.

    Columns: searched for, found (bool), image, version, digests (separated by a space), finding,
    dashboard, service, environment, customer, cluster, namespace, kind, workload, container,
    role, from, until (times; from missing if not known, until while it runs), approximate (bool),
    not known (why one that was not found may run all the same). Text columns are `str` and never
    missing.
    """
    places = answer.places
    blank = [""] * len(answer.missing)

    def texts(values: Iterable[str | None]) -> pd.api.extensions.ExtensionArray:
        return pd.array([*(value or "" for value in values), *blank], dtype="str")

    def flags(values: Iterable[bool]) -> pd.api.extensions.ExtensionArray:
        return pd.array([*values, *(False for _ in blank)], dtype="bool")

    return pd.DataFrame(
        {
            "searched for": pd.array([*(p.text for p in places), *answer.missing], dtype="str"),
            "found": flags(True for _ in places),
            "image": texts(p.image for p in places),
            "version": texts(p.version for p in places),
            "digests": texts(" ".join(p.digests) for p in places),
            "finding": texts(p.finding for p in places),
            "dashboard": texts(p.dashboard for p in places),
            "service": texts(p.service for p in places),
            "environment": texts(p.environment for p in places),
            "customer": texts(p.customer for p in places),
            "cluster": texts(p.cluster for p in places),
            "namespace": texts(p.namespace for p in places),
            "kind": texts(str(p.kind) for p in places),
            "workload": texts(p.workload for p in places),
            "container": texts(p.container for p in places),
            "role": texts(str(p.role) for p in places),
            "from": times([*(p.started_at for p in places), *(None for _ in blank)]),
            "until": times([*(p.ended_at for p in places), *(None for _ in blank)]),
            "approximate": flags(p.approximate for p in places),
            "not known": pd.array(
                [*("" for _ in places), *(answer.not_known_words for _ in blank)], dtype="str"
            ),
        }
    )
