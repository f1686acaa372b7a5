"""reldash demo: a fleet that runs on one laptop, and the dashboard over it."""

import signal
import sys
import threading
from pathlib import Path
from types import FrameType

import click

from reldash.config import load_settings
from reldash.config.environment import environment_with
from reldash.demo import DemoFleet
from reldash.demo.dashboard import Dashboard, check_port

_POLL_SECONDS = 0.2


class _Signals:
    """Takes note of SIGINT and SIGTERM, so that the demo ends in its own order."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.interrupted = False  # by Ctrl-C, which reaches the whole process group
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self.interrupted = self.interrupted or number == signal.SIGINT
        self.stop.set()


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="The same fleet again.")
@click.option(
    "--speed",
    type=click.FloatRange(0, 20),
    default=1.0,
    show_default=True,
    help="How fast releases move; 0 stands still.",
)
@click.option("--no-serve", is_flag=True, help="Only the clusters, without the dashboard.")
def demo(port: int, seed: int, speed: float, *, no_serve: bool) -> None:
    """Run a simulated fleet, and serve the dashboard over it."""
    signals = _Signals()
    settings = load_settings()
    if not no_serve:
        check_port(port)
    with DemoFleet.start(settings.data_folder / "demo", seed=seed, speed=speed) as fleet:
        click.echo(f"{len(fleet.urls)} simulated clusters: {fleet.fleet_file}", err=True)
        if no_serve:
            signals.stop.wait()
            return
        code = _serve(port, fleet.fleet_file, signals)
    sys.exit(code)


def _serve(port: int, fleet_file: Path, signals: _Signals) -> int:
    """Run the dashboard until a signal comes (0) or it ends by itself (its exit code)."""
    address = f"http://localhost:{port}"
    changes = {
        "RELDASH_FLEET": str(fleet_file.resolve()),
        "RELDASH_COLLECT": "inline",
        "RELDASH_BASE_URL": address,
    }
    dashboard = Dashboard(port, environment_with(changes))
    said = False
    while not signals.stop.wait(_POLL_SECONDS):
        if dashboard.exit_code is not None:
            return dashboard.exit_code
        if not said and dashboard.is_answering():
            click.echo(f"The release dashboard is at {address} (Ctrl-C ends it)")
            said = True
    dashboard.end(asked=signals.interrupted)
    return 0
