"""`reldash compare`: two environments, clusters, namespaces, customers or moments."""

import json
import sys

import click

from reldash.commands.output import (
    NO_RESULTS,
    format_option,
    opened,
    print_frame,
    print_notices,
)
from reldash.domain.comparison.compare import DIFFERENCE_WORDS, Comparison, Difference
from reldash.domain.comparison.side_text import SIDE_FORMS, parse_side
from reldash.domain.phrases import listed
from reldash.domain.tables.comparison import comparison_frame, comparison_json
from reldash.services.reports.cached_reports import get_tick
from reldash.services.reports.comparison import (
    describe_comparison_gaps,
    filter_comparison,
    load_comparison,
)


@click.command(epilog=f"A and B: {SIDE_FORMS}.")
@click.argument("dashboard")
@click.argument("a")
@click.argument("b")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice([str(kind) for kind in Difference]),
    help="Only services with this difference. Repeatable.",
)
@click.option("--text", default="", help="Only rows that contain all of these words.")
@click.option("--fail", is_flag=True, help="Exit with 1 if anything differs or data is missing.")
@format_option
def compare(
    dashboard: str, a: str, b: str, kinds: tuple[str, ...], text: str, fail: bool, output: str
) -> None:
    """List the differences between A and B in DASHBOARD, one line for each service.

    For example `compare platform stg prod`, or `compare platform prod prod@-7d`.
    """
    with opened() as context:
        board = context.rules.dashboard(dashboard)
        now = context.now()
        left, right = (parse_side(side, board, now=now) for side in (a, b))
        whole = load_comparison(context, dashboard, left, right, get_tick(context))
        notices = describe_comparison_gaps(context, left, right, now)
    found = filter_comparison(whole, [Difference(kind) for kind in kinds], text)
    if output == "json":
        click.echo(json.dumps(comparison_json(found), ensure_ascii=False, indent=2))
    else:
        print_frame(comparison_frame(found), output, empty="" if whole.missing else NO_RESULTS)
    print_notices([summary(whole), *notices])
    unknown = [
        row.service
        for row in filter_comparison(whole, [Difference.UNKNOWN], text).rows
        if Difference.UNKNOWN.value not in kinds
    ]
    missing = [f"{name} was never read, or not lately" for name in whole.missing]
    if unknown and kinds:
        missing.append(listed(unknown))
    print_notices(f"cannot tell: {words}; see `reldash check`" for words in missing)
    is_unknown = bool(unknown or missing)
    if fail and (is_unknown or any(row.difference is not Difference.SAME for row in found.rows)):
        sys.exit(1)


def summary(found: Comparison) -> str:
    """The number of services by difference: "3 newer on the left, 40 the same"."""
    words = [f"{count} {DIFFERENCE_WORDS[kind]}" for kind, count in found.counts.items() if count]
    return ", ".join(words) or ("no service is known" if found.missing else "no services")
