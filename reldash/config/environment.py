"""The process's environment and `.env`: the one place where either is read."""

import io
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from reldash.config.error_text import error_text
from reldash.errors import ConfigurationError

PROJECT_FOLDER = Path(__file__).resolve().parents[2]
TITLE = "Fault in the settings"
AWS_CREDENTIALS = frozenset({"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"})


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable that is set, and where: "environment", or file:line of a `.env`."""

    name: str
    value: str = field(repr=False)  # may be a secret
    place: str


def env_files() -> tuple[Path, ...]:
    """The `.env` files that are read, weakest first: the project's, the working directory's."""
    return tuple(dict.fromkeys((PROJECT_FOLDER / ".env", Path.cwd() / ".env")))


def expanded(path: Path) -> Path:
    """The path with ~ replaced, or as it is where nobody's home is known (a pod's odd user)."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def load_variables() -> dict[str, Variable]:
    """All variables by name in upper case; the environment goes before `.env`.

    Raises:
        ConfigurationError: a `.env` cannot be read, or a line of it is no NAME=value.
    """
    found = {}
    for path in env_files():
        if path.is_file():
            found.update({each.name.upper(): each for each in _variables_of(path)})
    for name, value in os.environ.items():  # noqa: TID251 - config is where it may be read
        found[name.upper()] = Variable(name, value, "environment")
    return found


def read_variable(name: str) -> str | None:
    """A variable as it is now: of the environment, else of a `.env`; None if unset or empty.

    Raises:
        OSError, UnicodeDecodeError: a `.env` cannot be read.
    """
    value = os.environ.get(name)  # noqa: TID251 - config is where it may be read
    for path in reversed(env_files()):
        if not value and path.is_file():
            value = dotenv_values(path, encoding="utf-8").get(name)
    return value or None


def export_aws_variables() -> None:
    """Put the AWS_ variables of `.env` into the environment, the only place boto3 looks at.

    What the environment says goes before. Where it holds any part of a set of credentials, no
    part comes from `.env`: parts of two sets make none.

    Raises:
        ConfigurationError: a `.env` cannot be read, or a line of it is no NAME=value.
    """
    variables = [each for each in load_variables().values() if each.name.startswith("AWS_")]
    set_already = {each.name for each in variables if each.place == "environment" and each.value}
    for variable in variables:
        parted = variable.name in AWS_CREDENTIALS and not AWS_CREDENTIALS.isdisjoint(set_already)
        if variable.value and variable.name not in set_already and not parted:
            os.environ[variable.name] = variable.value  # noqa: TID251 - likewise where it is set


def environment_with(changes: Mapping[str, str]) -> dict[str, str]:
    """The whole environment of this process with some variables set: for a child process."""
    return {**os.environ, **changes}  # noqa: TID251 - config is where it may be read


def drop_variables(prefix: str) -> None:
    """Take the variables whose names begin so out of this process's environment."""
    for name in [name for name in os.environ if name.startswith(prefix)]:  # noqa: TID251 - config is where it may be read
        del os.environ[name]  # noqa: TID251 - likewise where it is changed


def _variables_of(path: Path) -> Iterator[Variable]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            TITLE, error_text(str(path), "", "not readable", "a text file in UTF-8")
        ) from error
    for binding in parse_stream(io.StringIO(text)):
        # The parser counts the empty lines before a binding as part of it.
        blank = len(binding.original.string) - len(binding.original.string.lstrip("\r\n"))
        line = binding.original.line + binding.original.string[:blank].count("\n")
        place = f"{path.name}:{line}"
        if binding.error:
            raise ConfigurationError(TITLE, error_text(place, "", "a broken line", "NAME=value"))
        if binding.key is None:
            continue
        if binding.value is None:
            raise ConfigurationError(TITLE, error_text(place, "", "a line without =", "NAME=value"))
        yield Variable(binding.key, binding.value, place)
