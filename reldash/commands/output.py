"""How commands open the fleet and print what they found."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click
import pandas as pd

from reldash.domain.tables import frame_csv
from reldash.services.context import Context, load_context

Command = TypeVar("Command", bound=Callable[..., Any])


@contextmanager
def opened() -> Iterator[Context]:
    """The context that the environment names, closed at the end (errors: `load_context`)."""
    context = load_context()
    try:
        yield context
    finally:
        context.close()


def format_option(command: Command) -> Command:
    """Add `--format table|csv|json`, passed on as `output`."""
    choice = click.Choice(["table", "csv", "json"])
    return click.option(
        "--format", "output", type=choice, default="table", show_default=True, help="How to print."
    )(command)


def print_frame(frame: pd.DataFrame, output: str) -> None:
    """Print a frame (its index is left out) as a table for people, CSV, or a JSON list of rows.

    The table has no columns that are empty throughout, such as what no registry told.
    """
    if output == "json":
        click.echo(frame.to_json(orient="records", date_format="iso", force_ascii=False, indent=2))
    elif output == "csv":
        click.echo(frame_csv(frame), nl=False)
    elif frame.empty:
        click.echo("nothing found", err=True)
    else:
        text = frame.astype("str").fillna("")  # as it is: tabulate would turn "1.10" into 1.1
        told = text.loc[:, (text != "").any()]
        click.echo(told.to_markdown(index=False, tablefmt="simple", disable_numparse=True))


def print_notices(sentences: Iterable[str]) -> None:
    """Print what people should know of the data, each on a line of its own, beside the data."""
    for sentence in sentences:
        click.echo(sentence, err=True)
