"""The command line, one module for each command or group of commands.

Data goes to stdout, everything else to stderr. Exit codes: 0 done, 1 found or failed, 2 wrong
usage or configuration.
"""

import importlib
import sys

import click

from reldash import __version__
from reldash.domain.fleet.choices import ChoiceError
from reldash.errors import ConfigurationError, ReldashError, StoreError
from reldash.services.logs import set_up_logs

# Command -> its module, so that `serve` does not import what only `matrix` needs.
COMMANDS = {
    "serve": "serve",
    "demo": "demo",
    "init": "init",
    "check": "check",
    "migrate": "migrate",
    "collect": "collect",
    "inventory": "inventory",
    "matrix": "matrix",
    "drift": "matrix",
    "compare": "compare",
    "history": "history",
    "image": "image",
    "explain": "explain",
    "users": "users",
}


class LazyGroup(click.Group):
    """A click group that imports a command's module on first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Command names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """The command with that name, or None."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"reldash.commands.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="reldash", message="%(prog)s %(version)s")
def cli() -> None:
    """Show which version of every service runs where, since when, and where it drifts."""
    set_up_logs()


def main() -> None:
    """Run the command line and exit."""
    try:
        cli(prog_name="reldash")
    except ReldashError as error:
        click.echo(f"reldash: {error}", err=True)
        is_usage = isinstance(error, ConfigurationError | ChoiceError | StoreError)
        sys.exit(2 if is_usage else 1)
