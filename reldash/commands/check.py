"""`reldash check`: tests settings, database, mail server and every cluster."""

import sys

import click

from reldash.commands.output import format_option, opened, print_frame
from reldash.services.checks import run_checks


@click.command()
@format_option
def check(output: str) -> None:
    """Check settings, database, mail server and clusters, and explain how to fix each failure.

    For each cluster: reachable, signed in, permitted. With `discover` in the fleet file, clusters
    are discovered first, and those that cannot be assigned are listed. Then every registry that
    running images come from is tried. Services whose tags have no order by text are named, with a
    rule for the fleet file to copy where one can be offered.

    Exits with 2 if settings, fleet file or database are invalid, with 1 if anything else fails.
    """
    with opened() as context:
        frame = run_checks(context)
    print_frame(frame, output)
    if not bool(frame["ok"].all()):
        sys.exit(1)
