"""reldash check: settings, database, mail server, each cluster with what would mend it."""

import sys

import click

from reldash.commands.output import format_option, opened, print_frame
from reldash.services.checks import run_checks


@click.command()
@format_option
def check(output: str) -> None:
    """Check settings, database, mail server, and for each cluster: reachable, signed in, allowed.

    Looks for clusters first where the fleet file says so; those that have no place are named.
    Then asks the registries that images are known to come from.

    Exits with 2 if settings, fleet file or database are at fault, with 1 if anything else is.
    """
    with opened() as context:
        frame = run_checks(context)
    print_frame(frame, output)
    if not bool(frame["ok"].all()):
        sys.exit(1)
