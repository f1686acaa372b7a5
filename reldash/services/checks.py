"""The report of `check`: every connection tried, with a remedy for each failure."""

from concurrent.futures import ThreadPoolExecutor

import pandas as pd

from reldash.collectors.kubernetes.read_cluster import check_cluster
from reldash.config import ClusterEntry, MailServer
from reldash.mail import MailError, check_mail_server
from reldash.services.collecting.collector import MAX_AT_ONCE
from reldash.services.context import Context
from reldash.services.discovery import try_discovery
from reldash.services.registries.permission_checks import check_registries
from reldash.services.reports.tag_order_checks import find_unordered_tags

COLUMNS = ["what", "step", "ok", "found", "mend"]


def run_checks(context: Context) -> pd.DataFrame:
    """Try discovery, every cluster (reachable, signed in, permitted) and every registry.

    Registries are those that running images are known to come from: images, findings, platforms.
    Last come the services whose running tags have no order by text, each with a rule to copy, if
    one can be offered; that is no failure.

    Returns one row for each step, in the order of the fleet file: what (str), step (str), ok
    (bool), found (str), mend (str: the remedy; "" if none is needed). Fleet file and database come
    first: an open context has passed them. The mail server follows if configured; nothing is sent.
    Nothing is stored.
    """

    def rows_of(entry: ClusterEntry) -> list[tuple[str, str, bool, str, str]]:
        steps = check_cluster(entry, context.written.rules.collect)
        name = entry.cluster.name
        return [
            (name, step.step, step.ok, f"{step.title}: {step.message}".strip(": "), step.remedy)
            for step in steps
        ]

    rows = [
        ("fleet file", "valid", True, str(context.fleet.path), ""),
        ("database", "reachable and migrated", True, context.store.place, ""),
        *_check_mail(context.settings.mail_server),
    ]
    discovery = try_discovery(context)
    rows.extend(discovery.rows)
    with ThreadPoolExecutor(max_workers=MAX_AT_ONCE) as pool:
        for found in pool.map(rows_of, discovery.fleet.entries):
            rows.extend(found)
    rows.extend(check_registries(context, discovery.fleet))
    rows.extend(
        (each.service, "tags ordered", True, each.words, each.snippet)
        for each in find_unordered_tags(context, context.now())
    )
    return pd.DataFrame(rows, columns=COLUMNS)


def _check_mail(server: MailServer | None) -> list[tuple[str, str, bool, str, str]]:
    if server is None:
        return []
    what, step = "mail server", "signed in" if server.user else "reachable"
    try:
        check_mail_server(server)
    except MailError as error:
        return [(what, step, False, str(error), error.fix)]
    return [(what, step, True, server.place, "")]
