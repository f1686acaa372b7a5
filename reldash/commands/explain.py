"""`reldash explain`: how tags are read, and how each stands to the next."""

import itertools
import sys
from collections.abc import Iterator
from typing import TextIO

import click

from reldash.domain.versions.order import Standing, VersionOrder
from reldash.domain.versions.tag_explanation import explain_reading
from reldash.domain.versions.tag_reading import MAX_LENGTH

MAX_PAIRS = 1_000_000
STANDINGS = {-1: "older", 0: "same", 1: "newer", None: "incomparable"}
_WORDS = {
    -1: "is older than",
    0: "is the same version as",
    1: "is newer than",
    None: "is not comparable with",
}


@click.command()
@click.argument("tags", nargs=-1, metavar="[TAG ...]")
@click.option(
    "--pairs",
    type=click.File(),
    help="A file, or - for standard input: two tags a line, separated by a tab. Prints both with"
    " older, same, newer or incomparable (how the first stands to the second), and the method.",
)
def explain(tags: tuple[str, ...], pairs: TextIO | None) -> None:
    """Explain how tags are read, and how each stands to the next by its text alone.

    In a matrix, versions that their text does not order are ordered by their first push to a
    registry, else by their first rollout in the first environment.
    """
    if bool(tags) == (pairs is not None):
        raise click.UsageError("expected tags, or --pairs with a file")
    order = VersionOrder()
    if pairs is not None:
        for a, b in _read_pairs(pairs):
            standing = order.compare_text(a, b)
            click.echo(f"{a}\t{b}\t{STANDINGS[standing.result]}\t{standing.method}")
        return
    for tag in tags:
        click.echo(f"{tag}: {explain_reading(order.rules.read(tag))}")
    for a, b in itertools.pairwise(tags):
        click.echo(_comparison(a, b, order.compare_text(a, b)))


def _comparison(a: str, b: str, standing: Standing) -> str:
    return f"{a} {_WORDS[standing.result]} {b}: {standing.reason}"


def _read_pairs(file: TextIO) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(file, 1):
        first, tab, second = line.rstrip("\r\n").partition("\t")
        if number > MAX_PAIRS or not tab or "\t" in second or len(line) > 2 * MAX_LENGTH + 2:
            click.echo(
                f"reldash: line {number} of the pairs: expected two tags of at most {MAX_LENGTH}"
                f" characters, separated by a tab, and at most {MAX_PAIRS} lines",
                err=True,
            )
            sys.exit(2)
        yield first, second
