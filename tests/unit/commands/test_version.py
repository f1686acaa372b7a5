"""`reldash --version`."""

from click.testing import CliRunner

from reldash import __version__
from reldash.commands import cli


def test_version_is_printed() -> None:
    ran = CliRunner().invoke(cli, ["--version"], prog_name="reldash")
    assert (ran.exit_code, ran.output) == (0, f"reldash {__version__}\n")
