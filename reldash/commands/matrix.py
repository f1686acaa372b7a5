"""reldash matrix and drift: the pages' matrix, on the command line."""

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
class Loaded:
    """A matrix with what is to be known of it.

    Attributes:
        gaps: what of it was not read, or not lately: a sentence a cluster.
        notices: what else people should know: sentences.
    """

    matrix: Matrix
    gaps: list[str]
    notices: tuple[str, ...]


def load_with_gaps(dashboard: str, chosen: Filter) -> Loaded:
    """The matrix of a dashboard as the pages show it under the same filter.

    Raises:
        ChoiceError: the dashboard, its environments or the baseline do not exist, or the moment
            has not come yet. Pages pass over an environment that is gone; a pipeline must not
            take a misspelt one for no drift.
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
        return Loaded(shown, gaps, notices)


def baseline_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--baseline`."""
    return click.option(
        "--baseline",
        default="",
        metavar="E",
        help="Compare with this environment, or with 'newest'; by promotion by default.",
    )(command)


@click.command()
@click.argument("dashboard")
@click.option(
    "--by",
    type=click.Choice([axis.value for axis in Axis]),
    default=Axis.ENVIRONMENT.value,
    show_default=True,
    help="What there is a column for.",
)
@baseline_option
@as_of_option
@format_option
def matrix(dashboard: str, by: str, baseline: str, as_of: datetime | None, output: str) -> None:
    """Which version of every service runs in every column of DASHBOARD."""
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
    """A click callback that reads `a,b` as members of an enum, naming what was expected."""

    def parse(_ctx: click.Context, _param: click.Parameter, value: str | None) -> tuple[Any, ...]:
        try:
            return tuple(kind(word.strip()) for word in value.split(",")) if value else ()
        except ValueError as error:
            expected = ", ".join(member.value for member in kind)
            raise click.BadParameter(f"{value!r}: expected any of {expected}") from error

    return parse


@click.command()
@click.argument("dashboard")
@click.option("--environment", "environments", multiple=True, metavar="E", help="Only in this one.")
@click.option("--state", "states", callback=parse_list(State), metavar="S,...", help="Any of.")
@click.option("--flag", "flags", callback=parse_list(Flag), metavar="F,...", help="Any of.")
@click.option("--fail", is_flag=True, help="Exit with 1 if there is any: a gate for pipelines.")
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
    """What drifts in DASHBOARD, a line a cell.

    --state and --flag list the cells that have one of them, whether they count as drift or not.
    With --fail, cells that could not be told and clusters that were not read fail as well, unless
    --state or --flag asks for something else: what was not read must not pass a gate.
    """
    chosen = Filter(
        environments=environments, states=states, flags=flags, baseline=baseline, as_of=as_of
    )
    loaded = load_with_gaps(dashboard, chosen)
    found = drift_frame(loaded.matrix, chosen)
    print_frame(found, output)
    print_notices(loaded.notices)
    untold = [] if states or flags else [*loaded.gaps, *unknown_cells(loaded.matrix)]
    print_notices(f"{words}; see `reldash check`" for words in untold)
    if fail and (untold or not found.empty):
        sys.exit(1)


def unknown_cells(shown: Matrix) -> list[str]:
    """How many cells of each column could not be told, for the columns that have any."""
    counts = Counter(
        column for (_, column), cell in shown.cells.items() if cell.state is State.UNKNOWN
    )
    return [f"{column}: {cells} cells unknown" for column, cells in counts.items()]
