"""reldash inventory: every container of every cluster."""

import click

from reldash.commands.output import format_option, opened, print_frame, print_notices
from reldash.domain.filters import Filter
from reldash.services import reports


@click.command()
@click.option("--cluster", "clusters", multiple=True, metavar="NAME", help="Only this one; repeat.")
@click.option("--namespace", "namespaces", multiple=True, metavar="NAME", help="Likewise.")
@click.option("--text", default="", help="Words that must all occur.")
@format_option
def inventory(
    clusters: tuple[str, ...], namespaces: tuple[str, ...], text: str, output: str
) -> None:
    """Every container by cluster and namespace, sidecars and init containers too."""
    chosen = Filter(text=text, clusters=clusters, namespaces=namespaces, sidecars=True)
    with opened() as context:
        now = context.now()
        frame = reports.inventory(context, chosen, now)
        unreached = reports.unreached(context, now)
    print_frame(frame, output)
    print_notices(unreached)
