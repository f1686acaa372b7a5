"""Access to the process environment and `.env`; nothing else reads them."""

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
TITLE = "Invalid settings"
AWS_CREDENTIALS = frozenset({"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"})


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable and where it is set: "environment", or file:line of a `.env`."""

    name: str
    value: str = field(repr=False)  # may be a secret
    place: str


def env_files() -> tuple[Path, ...]:
    """The `.env` files, lowest precedence first: the project's, the working directory's."""
    return tuple(dict.fromkeys((PROJECT_FOLDER / ".env", Path.cwd() / ".env")))


def expanded(path: Path) -> Path:
    """The path with ~ expanded, or unchanged if the user has no home (as in some pods)."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def load_variables() -> dict[str, Variable]:
    """All variables by upper-case name; the environment takes precedence over `.env`.

    Raises:
        ConfigurationError: a `.env` cannot be read, or has a line that is not NAME=value.
    """
    found = {}
    for path in env_files():
        if path.is_file():
            found.update({each.name.upper(): each for each in _variables_of(path)})
    for name, value in os.environ.items():  # noqa: TID251 - only config reads it
        found[name.upper()] = Variable(name, value, "environment")
    return found


def read_variable(name: str) -> str | None:
    """The current value of a variable from the environment or a `.env`; None if unset or empty.

    Raises:
        OSError, UnicodeDecodeError: a `.env` cannot be read.
    """
    value = os.environ.get(name)  # noqa: TID251 - only config reads it
    for path in reversed(env_files()):
        if not value and path.is_file():
            value = dotenv_values(path, encoding="utf-8").get(name)
    return value or None


def proxy_variables() -> dict[str, str]:
    """HTTPS_PROXY, HTTP_PROXY and NO_PROXY, in upper or lower case, as far as they are set."""
    found = {}
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"):
        value = os.environ.get(name) or os.environ.get(name.lower())  # noqa: TID251 - only config reads it
        if value:
            found[name] = value
    return found


def export_aws_variables() -> None:
    """Copy the AWS_ variables of `.env` into the environment, where boto3 reads them.

    The environment takes precedence. If it has any credential variable, none is taken from `.env`:
    parts of two sets of credentials do not work together.

    Raises:
        ConfigurationError: a `.env` cannot be read, or has a line that is not NAME=value.
    """
    variables = [each for each in load_variables().values() if each.name.startswith("AWS_")]
    set_already = {each.name for each in variables if each.place == "environment" and each.value}
    for variable in variables:
        parted = variable.name in AWS_CREDENTIALS and not AWS_CREDENTIALS.isdisjoint(set_already)
        if variable.value and variable.name not in set_already and not parted:
            os.environ[variable.name] = variable.value  # noqa: TID251 - likewise where it is set


def environment_with(changes: Mapping[str, str]) -> dict[str, str]:
    """The environment of this process with changes, for a child process."""
    return {**os.environ, **changes}  # noqa: TID251 - only config reads it


def drop_variables(prefix: str) -> None:
    """Remove the variables with a prefix from this process's environment."""
    for name in [name for name in os.environ if name.startswith(prefix)]:  # noqa: TID251 - only config reads it
        del os.environ[name]  # noqa: TID251 - likewise where it is changed


def _variables_of(path: Path) -> Iterator[Variable]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            TITLE, error_text(str(path), "", "not readable", "a text file in UTF-8")
        ) from error
    for binding in parse_stream(io.StringIO(text)):
        # The parser counts empty lines before a binding as part of it.
        blank = len(binding.original.string) - len(binding.original.string.lstrip("\r\n"))
        line = binding.original.line + binding.original.string[:blank].count("\n")
        place = f"{path.name}:{line}"
        if binding.error:
            raise ConfigurationError(TITLE, error_text(place, "", "an invalid line", "NAME=value"))
        if binding.key is None:
            continue
        if binding.value is None:
            raise ConfigurationError(TITLE, error_text(place, "", "a line without =", "NAME=value"))
        yield Variable(binding.key, binding.value, place)
