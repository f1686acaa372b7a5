"""`reldash image`: where images run and ran."""

import sys
from dataclasses import replace

import click

from reldash.commands.output import format_option, opened, print_frame, print_notices
from reldash.domain.tables.images import images_frame
from reldash.services.reports.images import find_images, split_references


@click.command()
@click.argument("references", nargs=-1, required=True)
@click.option("--running", is_flag=True, help="Only deployments that run now.")
@click.option(
    "--fail",
    is_flag=True,
    help="Exit with 1 if any of it runs now, or may run now since not everything is known.",
)
@format_option
def image(references: tuple[str, ...], running: bool, fail: bool, output: str) -> None:
    """List every container that runs or ran an image of REFERENCES, with start and end.

    Every live pod counts: with containers that a webhook injected, init and ephemeral containers,
    image volumes, pods of earlier revisions, and pods that no workload controls.

    A reference is part of an image reference, a tag, a digest, or a finding such as CVE-2026-1234.
    `-` reads references from standard input, one per line.
    """
    texts: list[str] = []
    for reference in references:
        lines = sys.stdin.read() if reference == "-" else reference
        texts += split_references(lines) if reference == "-" else [lines]
    with opened() as context:
        found = find_images(context, texts, context.now())
    if running:
        places = tuple(place for place in found.places if place.ended_at is None)
        found = replace(found, places=places)
    print_frame(images_frame(replace(found, missing=())), output)
    nowhere = "found nowhere"
    if found.not_known:
        nowhere = f"not found in what is known: {found.not_known_words}"
    print_notices(f"{text}: {nowhere}" for text in found.missing)
    print_notices(found.notes)
    if found.more:
        print_notices(["More results than shown; narrow the search"])
    # With more results than shown, a running one may be among the rest.
    if fail and (found.more or any(place.ended_at is None for place in found.places)):
        sys.exit(1)
    if fail and found.not_known:
        print_notices([f"cannot tell: {found.not_known_words}"])
        sys.exit(1)
