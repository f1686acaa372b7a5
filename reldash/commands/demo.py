"""`reldash demo`: a simulated fleet on one machine, and the dashboard for it."""

import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from reldash.commands.demo_account import offered_account
from reldash.commands.demo_history import has_history, record_history
from reldash.config import load_settings
from reldash.config.environment import drop_variables, environment_with
from reldash.demo import DemoFleet
from reldash.demo.dashboard_process import DashboardProcess, check_port
from reldash.demo.fleet_file import ENVIRONMENT_FILE, add_variables
from reldash.demo.mail_server import DemoMailServer
from reldash.demo.secret_key import load_key
from reldash.demo.train_progress import load_progress, save_progress
from reldash.store.embedded import embedded_postgres

_POLL_SECONDS = 0.2
_SAVE_SECONDS = 5.0


class _Signals:
    """Records SIGINT and SIGTERM, so that the demo shuts down in its own order."""

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
@click.option("--seed", type=int, default=1, show_default=True, help="Equal seeds, equal fleets.")
@click.option(
    "--speed",
    type=click.FloatRange(0, 20),
    default=1.0,
    show_default=True,
    help="How fast releases are promoted; 0 stops them.",
)
@click.option(
    "--past/--no-past",
    default=True,
    show_default=True,
    help="Record the last days first, if the fleet was never read.",
)
@click.option("--no-serve", is_flag=True, help="Run only the clusters, without the dashboard.")
def demo(port: int, seed: int, speed: float, *, past: bool, no_serve: bool) -> None:
    """Run a simulated fleet, and serve the dashboard for it."""
    signals = _Signals()
    # Settings for the real AWS must not reach the demo, nor moto, which reads them too.
    drop_variables("AWS_")
    data = load_settings().data_folder
    folder = data / "demo"
    if not no_serve:
        check_port(port)
    steps = load_progress(folder, seed)
    with DemoFleet.start(folder, seed=seed, speed=speed, steps=steps, aws=True) as fleet:
        click.echo(f"{len(fleet.urls)} simulated clusters: {fleet.fleet_file}", err=True)
        click.echo(f"For other commands first run: . {folder / ENVIRONMENT_FILE}", err=True)
        with _saving_progress(fleet, folder, seed):
            if no_serve:
                signals.stop.wait()
                return
            key = load_key(folder)
            with (
                embedded_postgres(data) as database,
                DemoMailServer(folder / "inbox") as mail_server,
                offered_account(database.url, key) as offered,
            ):
                if past and not has_history(database.url, fleet):
                    click.echo("Recording the last days of the fleet (first start only)", err=True)
                    record_history(database.url, fleet, signals.stop.is_set)
                # Commands for the demo must not use a database meant for real clusters.
                add_variables(folder, {"DATABASE_URL": database.url})
                changes = {
                    **fleet.environment,
                    # Set explicitly, so that simulated clusters never reach a database meant for
                    # real ones, and the demo's mail never reaches a real mail server.
                    "DATABASE_URL": database.url,
                    "RELDASH_FLEET": str(fleet.fleet_file.resolve()),
                    "RELDASH_COLLECT": "inline",
                    "RELDASH_SECRET_KEY": key,
                    "RELDASH_SMTP_URL": mail_server.url,
                    "RELDASH_MAIL_FROM": "Release dashboard <reldash@localhost>",
                    "RELDASH_INBOX": str(mail_server.folder.resolve()),
                    "RELDASH_OFFERED_ACCOUNT": offered,
                    "RELDASH_PASSWORD_SIGN_IN": "on",
                }
                code = _serve(port, changes, signals)
    sys.exit(code)


@contextmanager
def _saving_progress(fleet: DemoFleet, folder: Path, seed: int) -> Iterator[None]:
    """Save the progress of the release train regularly, in case the demo is killed."""
    ended = threading.Event()

    def save_repeatedly() -> None:
        while not ended.wait(_SAVE_SECONDS):
            save_progress(folder, seed, fleet.train.steps)

    threading.Thread(target=save_repeatedly, name="demo-progress", daemon=True).start()
    try:
        yield
    finally:
        ended.set()
        save_progress(folder, seed, fleet.train.steps)


def _serve(port: int, changes: Mapping[str, str], signals: _Signals) -> int:
    """Run the dashboard until a signal arrives (0) or it exits by itself (its exit code)."""
    if signals.stop.is_set():
        return 0
    address = f"http://localhost:{port}"
    dashboard = DashboardProcess(port, environment_with({**changes, "RELDASH_BASE_URL": address}))
    is_announced = False
    while not signals.stop.wait(_POLL_SECONDS):
        if dashboard.exit_code is not None:
            return dashboard.exit_code
        if not is_announced and dashboard.is_answering():
            click.echo(f"The release dashboard is at {address} (press Ctrl-C to stop)")
            is_announced = True
    dashboard.end(interrupted=signals.interrupted)
    return 0
