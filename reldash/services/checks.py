"""What `check` reports: everything tried for real, and how to mend what fails."""

from concurrent.futures import ThreadPoolExecutor

import pandas as pd

from reldash.collectors.kubernetes.read_cluster import check_cluster
from reldash.config import ClusterEntry, MailServer
from reldash.mail import MailError, check_mail_server
from reldash.services.collecting.collector import MAX_AT_ONCE
from reldash.services.context import Context
from reldash.services.discovery import try_discovery
from reldash.services.registries.permission_checks import check_registries

COLUMNS = ["what", "step", "ok", "found", "mend"]


def run_checks(context: Context) -> pd.DataFrame:
    """Look for clusters, and try every one at once: reachable, signed in, allowed.

    Then each registry that their images come from, as far as is known: images, findings, platforms.

    Returns a row a step, in the order of the fleet file: what (str), step (str), ok (bool),
    found (str), mend (str: how to mend it; "" where nothing is to be mended). The fleet file and
    the database come first: a context that is open has passed them. The mail server follows if the
    settings name one; nothing is sent. Nothing is kept of what is found.
    """

    def rows_of(entry: ClusterEntry) -> list[tuple[str, str, bool, str, str]]:
        steps = check_cluster(entry, context.written.rules.collect)
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
    looked = try_discovery(context)
    rows.extend(looked.rows)
    with ThreadPoolExecutor(max_workers=MAX_AT_ONCE) as pool:
        for found in pool.map(rows_of, looked.fleet.entries):
            rows.extend(found)
    rows.extend(check_registries(context, looked.fleet))
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
