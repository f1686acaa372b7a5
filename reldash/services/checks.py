"""What `check` reports: everything tried for real, and how to mend what fails."""

from concurrent.futures import ThreadPoolExecutor

import pandas as pd

from reldash.collectors.kubernetes import check_cluster
from reldash.config import ClusterEntry, MailServer
from reldash.mail import MailError, check_mail_server
from reldash.services.collect import MAX_AT_ONCE
from reldash.services.context import Context

COLUMNS = ["what", "step", "ok", "found", "mend"]


def check_clusters(context: Context) -> pd.DataFrame:
    """Try every cluster at once: reachable, signed in, allowed.

    Returns a row a step, in the order of the fleet file: what (str), step (str), ok (bool),
    found (str), mend (str: how to mend it; "" where ok). The fleet file and the database come
    first: a context that is open has passed them. The mail server follows if the settings name
    one; nothing is sent.
    """

    def rows_of(entry: ClusterEntry) -> list[tuple[str, str, bool, str, str]]:
        steps = check_cluster(entry, context.rules.collect)
        name = entry.cluster.name
        return [
            (name, step.step, step.ok, f"{step.title}: {step.message}".strip(": "), step.mend)
            for step in steps
        ]

    rows = [
        ("fleet file", "valid", True, str(context.fleet.path), ""),
        ("database", "reachable and migrated", True, context.store.place, ""),
        *_check_mail(context.settings.mail_server),
    ]
    with ThreadPoolExecutor(max_workers=MAX_AT_ONCE) as pool:
        for found in pool.map(rows_of, context.fleet.entries):
            rows.extend(found)
    return pd.DataFrame(rows, columns=COLUMNS)


def _check_mail(server: MailServer | None) -> list[tuple[str, str, bool, str, str]]:
    if server is None:
        return []
    what, step = "mail server", "takes our sign-in" if server.user else "answers"
    try:
        check_mail_server(server)
    except MailError as error:
        return [(what, step, False, str(error), error.mend)]
    return [(what, step, True, server.place, "")]
