"""`reldash migrate`: bring the database to this version's schema."""

import click

from reldash.config import load_settings
from reldash.services.context import open_store


@click.command()
def migrate() -> None:
    """Create the database if it does not exist, and migrate it."""
    store, embedded = open_store(load_settings())  # opening does both, under a lock
    store.close()
    if embedded is not None:
        embedded.release()
    click.echo("The database is up to date", err=True)
