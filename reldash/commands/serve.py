"""`reldash serve`: the server, as `streamlit run Home.py`."""

import os
import sys
from pathlib import Path

import click

HOME = Path(__file__).resolve().parents[2] / "Home.py"


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True)
@click.option("--address", default="localhost", show_default=True, help="Address to listen on.")
def serve(port: int, address: str) -> None:
    """Serve the dashboard; also collect, unless RELDASH_COLLECT is off."""
    options = [f"--server.port={port}", f"--server.address={address}"]
    # Replaces this process, so that signals and exit codes are the server's own. The working
    # directory stays: relative paths in settings refer to it.
    os.execv(  # noqa: S606 - our own interpreter and script, no shell
        sys.executable, [sys.executable, "-m", "streamlit", "run", str(HOME), *options]
    )
