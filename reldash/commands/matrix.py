"""`reldash matrix` and `reldash drift`: a dashboard's matrix on the command line."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import click

from reldash.commands.output import (
    NO_RESULTS,
    as_of_option,
    format_option,
    opened,
    print_frame,
    print_notices,
)
from reldash.config.field_types import duration
from reldash.domain.drift.reasons.totals import not_known_words, total_words
from reldash.domain.drift.states import Flag, State
from reldash.domain.fleet.choices import ChoiceError
from reldash.domain.matrix.apply_filter import filter_matrix
from reldash.domain.matrix.cells import Axis, Matrix
from reldash.domain.matrix.filters import Filter
from reldash.domain.tables.matrix import drift_frame, matrix_csv, matrix_frame, matrix_json
from reldash.services.reports.matrix import load_gaps, load_whole_matrix
from reldash.services.reports.notices import load_notices


@dataclass(frozen=True, slots=True)
class MatrixWithGaps:
    """A matrix and the caveats of its data.

    Attributes:
        matrix: under the filter.
        scope: the same without the filter's states, flags and other choices of cells.
        gaps: a sentence for each cluster that was not read, not lately, or in part.
        notices: other caveats, a sentence each.
    """

    matrix: Matrix
    scope: Matrix
    gaps: list[str]
    notices: tuple[str, ...]


def load_with_gaps(
    dashboard: str, chosen: Filter, max_age: timedelta = timedelta()
) -> MatrixWithGaps:
    """A dashboard's matrix as its page shows it under the same filter.

    Data up to `max_age` old are not stale, if that is longer than the fleet's `stale_after`.

    Raises:
        ChoiceError: the dashboard, an environment or the baseline does not exist, or the moment
            lies in the future. Pages ignore an environment that is gone; for a pipeline a
            misspelt one must not look like "no drift".
    """
    with opened() as context:
        now = context.now()
        whole = load_whole_matrix(context, dashboard, chosen, now, max_age)
        shown = filter_matrix(whole, chosen)
        scope = filter_matrix(whole, Filter(environments=chosen.environments))
        known = [each.name for each in context.rules.dashboards[dashboard].environments]
        for name in chosen.environments:
            if name not in known:
                expected = ", ".join(known)
                raise ChoiceError("Unknown environment", f"{name!r}: expected one of {expected}")
        notices = shown.unreached
        if chosen.as_of is not None:
            notices = load_notices(context, chosen, now)
        gaps = load_gaps(context, dashboard, chosen.environments, now, chosen.as_of, max_age)
        return MatrixWithGaps(shown, scope, gaps, notices)


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
        empty = "" if loaded.gaps else NO_RESULTS
        print_frame(matrix_frame(shown).reset_index(), output, empty=empty)
    print_notices([*loaded.notices, summary(shown, loaded.gaps)])
    if not shown.rows:
        print_notices(f"cannot tell: {words}; see `reldash check`" for words in loaded.gaps)


def parse_list(kind: type[State] | type[Flag]) -> Callable[..., tuple[Any, ...]]:
    """A click callback that parses `a,b` as members of an enum."""

    def parse(_ctx: click.Context, _param: click.Parameter, value: str | None) -> tuple[Any, ...]:
        try:
            return tuple(kind(word.strip()) for word in value.split(",")) if value else ()
        except ValueError as error:
            expected = ", ".join(member.value for member in kind)
            raise click.BadParameter(f"{value!r}: expected any of {expected}") from error

    return parse


def parse_max_age(_ctx: click.Context, _param: click.Parameter, value: str | None) -> timedelta:
    """A click callback that parses a duration; zero if none is given."""
    try:
        return timedelta() if value is None else duration(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r}: expected {error}") from error


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
@click.option(
    "--max-age",
    metavar="DURATION",
    callback=parse_max_age,
    help="Data up to this old, such as 30m, are not stale; default: collect.stale_after.",
)
@baseline_option
@as_of_option
@format_option
def drift(
    dashboard: str,
    environments: tuple[str, ...],
    states: tuple[State, ...],
    flags: tuple[Flag, ...],
    fail: bool,
    max_age: timedelta,
    baseline: str,
    as_of: datetime | None,
    output: str,
) -> None:
    """List the drift in DASHBOARD, one line for each cell.

    --state and --flag list the cells with any of them, whether they count as drift or not. With
    --fail it also exits 1 when any cell of the environments chosen is stale or unknown, whatever
    --state and --flag say: it cannot tell then that nothing else is there.
    """
    chosen = Filter(
        environments=environments, states=states, flags=flags, baseline=baseline, as_of=as_of
    )
    loaded = load_with_gaps(dashboard, chosen, max_age)
    found = drift_frame(loaded.matrix, chosen)
    missing = [*loaded.gaps, *cells_not_known(loaded.scope)]
    print_frame(found, output, empty="" if missing else NO_RESULTS)
    print_notices([*loaded.notices, summary(loaded.scope, loaded.gaps)])
    print_notices(f"cannot tell: {words}; see `reldash check`" for words in missing)
    if fail and (missing or not found.empty):
        sys.exit(1)


def summary(shown: Matrix, gaps: Sequence[str]) -> str:
    """How many cells drift, and how many are not fully known; `gaps` as in `MatrixWithGaps`."""
    cells = shown.cells.values()
    return total_words(
        cells=len(cells),
        drifting=sum(cell.drift for cell in cells),
        not_known=sum(not cell.is_known for cell in cells),
        is_whole=not gaps,
    )


def cells_not_known(shown: Matrix) -> list[str]:
    """The stale and unknown cells by column, a sentence each; columns without any are left out."""
    found: dict[str, list[str]] = {}
    for (service, column), cell in shown.cells.items():
        if not cell.is_known:
            found.setdefault(column, []).append(service)
    return [not_known_words(column, services) for column, services in found.items()]
