"""`reldash explain`: how tags are read, and how one stands to another by text alone."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final, TextIO

import click

from reldash.config import load_fleet, load_settings
from reldash.domain.fleet.choices import ChoiceError
from reldash.domain.versions.order import VersionOrder
from reldash.domain.versions.tag_explanation import explain_reading
from reldash.domain.versions.tag_rules import NO_RULES, TagRules, place_names, rules_for

MAX_PAIRS: Final = 200_000
MAX_LINE: Final = 1_000  # characters of a pair
WORDS: Final = {-1: "older", 0: "same", 1: "newer", None: "incomparable"}
SENTENCES: Final = {
    -1: "is older than",
    0: "is the same version as",
    1: "is newer than",
    None: "is not comparable with",
}


@click.command()
@click.argument("tags", nargs=-1)
@click.option("--service", default="", metavar="NAME", help="Read them as tags of this service.")
@click.option("--image", default="", metavar="NAME", help="Read them as tags of this image.")
@click.option(
    "--pairs",
    type=click.File(encoding="utf-8", errors="replace"),
    metavar="FILE",
    help="Compare the two tags of each line, parted by a tab; - reads standard input.",
)
def explain(tags: tuple[str, ...], service: str, image: str, pairs: TextIO | None) -> None:
    """Print how each of TAGS is read, and how each stands to the next.

    The text alone decides here; dashboards also use push times and first rollouts. If there is a
    fleet file, its rules for tags and the names of its places apply. With --pairs, one line a pair:
    first, second, older|newer|same|incomparable, and the method, parted by tabs.
    """
    if bool(tags) == (pairs is not None):
        raise click.UsageError("Expected TAGS or --pairs")
    order = VersionOrder(_load_rules(service, image))
    if pairs is not None:
        for first, second in _read_pairs(pairs):
            standing = order.compare_text(first, second)
            click.echo(f"{first}\t{second}\t{WORDS[standing.result]}\t{standing.method}")
        return
    for tag in tags:
        click.echo(f"{tag}: {explain_reading(order.rules.read(tag))}")
    for first, second in pairwise(tags):
        standing = order.compare_text(first, second)
        method = f" ({standing.method})" if standing.method else ""
        click.echo(f"{first} {SENTENCES[standing.result]} {second}: {standing.reason}{method}")


def _load_rules(service: str, image: str) -> TagRules:
    """The rules of the fleet file for a service or image; those built in if there is no file."""
    path = load_settings().fleet
    if path.exists():
        rules = load_fleet(path).rules
        images = [image] if image else []
        return rules_for(rules, service, images=images, places=place_names(rules))
    own = {service, image.rpartition("/")[2]}
    return TagRules(own=frozenset(name.lower() for name in own if name)) if any(own) else NO_RULES


def _read_pairs(lines: TextIO) -> Iterator[tuple[str, str]]:
    """The pairs of a file, a line each; empty lines are skipped."""
    number = 0
    while line := lines.readline(MAX_LINE + 1):
        number += 1
        text = line.rstrip("\r\n")
        if number > MAX_PAIRS:
            raise ChoiceError("Too many pairs", f"expected at most {MAX_PAIRS} lines")
        if len(text) > MAX_LINE:
            expected = f"expected at most {MAX_LINE} characters"
            raise ChoiceError("Line too long", f"line {number}: {expected}")
        if not text:
            continue
        first, tab, second = text.partition("\t")
        if not tab or "\t" in second:
            raise ChoiceError("Not a pair", f"line {number}: expected two tags parted by a tab")
        yield first, second
