"""`reldash inventory`: every container of every cluster."""

from datetime import datetime

import click

from reldash.commands.output import (
    NO_RESULTS,
    as_of_option,
    format_option,
    opened,
    print_frame,
    print_notices,
)
from reldash.domain.matrix.filters import Filter
from reldash.services.reports.inventory import load_inventory, load_not_known
from reldash.services.reports.notices import load_notices


@click.command()
@click.option(
    "--cluster", "clusters", multiple=True, metavar="NAME", help="Only this one; repeatable."
)
@click.option(
    "--namespace", "namespaces", multiple=True, metavar="NAME", help="Only this one; repeatable."
)
@click.option("--text", default="", help="Only rows that contain all of these words.")
@as_of_option
@format_option
def inventory(
    clusters: tuple[str, ...],
    namespaces: tuple[str, ...],
    text: str,
    as_of: datetime | None,
    output: str,
) -> None:
    """List every container by cluster and namespace, with sidecars and init containers."""
    chosen = Filter(text=text, clusters=clusters, namespaces=namespaces, sidecars=True, as_of=as_of)
    with opened() as context:
        now = context.now()
        frame = load_inventory(context, chosen, now)
        notices = load_notices(context, chosen, now)
        missing = load_not_known(context, chosen, now)
    print_frame(frame, output, empty="No match in what is known" if missing else NO_RESULTS)
    print_notices([*notices, *(f"not known: {words}; see `reldash check`" for words in missing)])
