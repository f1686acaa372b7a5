"""Shared options of commands, and printing as table, CSV or JSON."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import click
import pandas as pd

from reldash.domain.moments import MomentError, parse_moment
from reldash.domain.tables.csv_text import frame_csv
from reldash.services.context import Context, load_context

NO_RESULTS = "No results"  # only where everything is known

Command = TypeVar("Command", bound=Callable[..., Any])


@contextmanager
def opened() -> Iterator[Context]:
    """The context from the environment, closed at the end of the block (errors: `load_context`)."""
    context = load_context()
    try:
        yield context
    finally:
        context.close()


def format_option(command: Command) -> Command:
    """Add `--format table|csv|json`, passed on as `output`."""
    choice = click.Choice(["table", "csv", "json"])
    return click.option(
        "--format", "output", type=choice, default="table", show_default=True, help="Output format."
    )(command)


def moment_option(name: str, help_text: str) -> Callable[[Command], Command]:
    """Add an option for a past moment, passed on as aware UTC or None."""

    def parse(_ctx: click.Context, _param: click.Parameter, value: str | None) -> datetime | None:
        if value is None:
            return None
        try:
            return parse_moment(value, now=datetime.now(UTC))
        except MomentError as error:
            raise click.BadParameter(f"{error.title}: {error.message}") from error

    return click.option(name, metavar="TIME", callback=parse, help=help_text)


def as_of_option(command: Command) -> Command:
    """Add `--as-of`, passed on as `as_of`."""
    words = "State at a past moment, such as 2026-11-20T17:00Z (UTC), 2026-11-20 or -7d."
    return moment_option("--as-of", words)(command)


def print_frame(frame: pd.DataFrame, output: str, *, empty: str = NO_RESULTS) -> None:
    """Print a frame without its index as a table, CSV, or a JSON list of rows.

    The table leaves out columns without any value (such as registry data without a registry).
    Times are UTC. Of a table without rows `empty` is printed to stderr.
    """
    if output == "json":
        click.echo(frame.to_json(orient="records", date_format="iso", force_ascii=False, indent=2))
    elif output == "csv":
        click.echo(frame_csv(frame), nl=False)
    elif frame.empty:
        print_notices([empty] if empty else [])
    else:
        text = frame.assign(**_format_times(frame)).astype("str").fillna("")
        filled = text.loc[:, (text != "").any()]
        # Numbers are not parsed: tabulate would turn "1.10" into 1.1.
        click.echo(filled.to_markdown(index=False, tablefmt="simple", disable_numparse=True))


def _format_times(frame: pd.DataFrame) -> dict[str, pd.Series]:
    """The time columns as text to the second, as in exports; `--as-of` accepts them."""
    found = frame.select_dtypes("datetimetz")
    return {str(name): found[name].dt.strftime("%Y-%m-%dT%H:%M:%SZ") for name in found}


def print_notices(sentences: Iterable[str]) -> None:
    """Print caveats to stderr, one per line, apart from the data."""
    for sentence in sentences:
        click.echo(sentence, err=True)
