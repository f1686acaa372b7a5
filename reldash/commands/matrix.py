"""`reldash matrix` and `reldash drift`: a dashboard's matrix on the command line."""

import json
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click

from reldash.commands.output import as_of_option, format_option, opened, print_frame, print_notices
from reldash.domain.drift.states import Flag, State
from reldash.domain.fleet.choices import ChoiceError
from reldash.domain.matrix.cells import Axis, Matrix
from reldash.domain.matrix.filters import Filter
from reldash.domain.tables.matrix import drift_frame, matrix_csv, matrix_frame, matrix_json
from reldash.services.reports.matrix import load_gaps, load_matrix
from reldash.services.reports.notices import load_notices


@dataclass(frozen=True, slots=True)
class MatrixWithGaps:
    """A matrix and the caveats of its data.

    Attributes:
        gaps: a sentence for each cluster that was not read, or not lately.
        notices: other caveats, a sentence each.
    """

    matrix: Matrix
    gaps: list[str]
    notices: tuple[str, ...]


def load_with_gaps(dashboard: str, chosen: Filter) -> MatrixWithGaps:
    """A dashboard's matrix as its page shows it under the same filter.

    Raises:
        ChoiceError: the dashboard, an environment or the baseline does not exist, or the moment
            lies in the future. Pages ignore an environment that is gone; for a pipeline a
            misspelt one must not look like "no drift".
    """
    with opened() as context:
        now = context.now()
        shown = load_matrix(context, dashboard, chosen, now)
        known = [each.name for each in context.rules.dashboards[dashboard].environments]
        for name in chosen.environments:
            if name not in known:
                expected = ", ".join(known)
                raise ChoiceError("Unknown environment", f"{name!r}: expected one of {expected}")
        notices = shown.unreached
        if chosen.as_of is not None:
            notices = load_notices(context, chosen, now)
        gaps = load_gaps(context, dashboard, chosen.environments, now, chosen.as_of)
        return MatrixWithGaps(shown, gaps, notices)


def baseline_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--baseline`."""
    return click.option(
        "--baseline",
        default="",
        metavar="E",
        help="Compare with this environment or with 'newest'; default: where it is promoted from.",
    )(command)


@click.command()
@click.argument("dashboard")
@click.option(
    "--by",
    type=click.Choice([axis.value for axis in Axis]),
    default=Axis.ENVIRONMENT.value,
    show_default=True,
    help="What the columns are.",
)
@baseline_option
@as_of_option
@format_option
def matrix(dashboard: str, by: str, baseline: str, as_of: datetime | None, output: str) -> None:
    """Print the version of every service in every column of DASHBOARD."""
    loaded = load_with_gaps(dashboard, Filter(axis=Axis(by), baseline=baseline, as_of=as_of))
    shown = loaded.matrix
    if output == "json":
        click.echo(json.dumps(matrix_json(shown), ensure_ascii=False, indent=2))
    elif output == "csv":
        click.echo(matrix_csv(shown), nl=False)
    else:
        print_frame(matrix_frame(shown).reset_index(), output)
    print_notices(loaded.notices)


def parse_list(kind: type[State] | type[Flag]) -> Callable[..., tuple[Any, ...]]:
    """A click callback that parses `a,b` as members of an enum."""

    def parse(_ctx: click.Context, _param: click.Parameter, value: str | None) -> tuple[Any, ...]:
        try:
            return tuple(kind(word.strip()) for word in value.split(",")) if value else ()
        except ValueError as error:
            expected = ", ".join(member.value for member in kind)
            raise click.BadParameter(f"{value!r}: expected any of {expected}") from error

    return parse


@click.command()
@click.argument("dashboard")
@click.option(
    "--environment", "environments", multiple=True, metavar="E", help="Only this one; repeatable."
)
@click.option(
    "--state",
    "states",
    callback=parse_list(State),
    metavar="S,...",
    help="Any of these.",
)
@click.option(
    "--flag",
    "flags",
    callback=parse_list(Flag),
    metavar="F,...",
    help="Any of these.",
)
@click.option("--fail", is_flag=True, help="Exit with 1 if anything is listed or data is missing.")
@baseline_option
@as_of_option
@format_option
def drift(
    dashboard: str,
    environments: tuple[str, ...],
    states: tuple[State, ...],
    flags: tuple[Flag, ...],
    fail: bool,
    baseline: str,
    as_of: datetime | None,
    output: str,
) -> None:
    """List the drift in DASHBOARD, one line for each cell.

    --state and --flag list the cells with any of them, whether they count as drift or not. With
    --fail it also exits 1 when data is missing (unknown cells, clusters not read), unless --state
    or --flag is given.
    """
    chosen = Filter(
        environments=environments, states=states, flags=flags, baseline=baseline, as_of=as_of
    )
    loaded = load_with_gaps(dashboard, chosen)
    found = drift_frame(loaded.matrix, chosen)
    print_frame(found, output)
    print_notices(loaded.notices)
    missing = [] if states or flags else [*loaded.gaps, *unknown_cells(loaded.matrix)]
    print_notices(f"{words}; see `reldash check`" for words in missing)
    if fail and (missing or not found.empty):
        sys.exit(1)


def unknown_cells(shown: Matrix) -> list[str]:
    """The number of unknown cells by column, as sentences; columns without any are left out."""
    counts = Counter(
        column for (_, column), cell in shown.cells.items() if cell.state is State.UNKNOWN
    )
    return [f"{column}: {cells} cells unknown" for column, cells in counts.items()]
