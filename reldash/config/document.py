"""A YAML file as plain values with line numbers.

Every scalar stays text as written, so that an environment may be called `no` or `1.10`; only null
becomes None. Tags are refused, so no object is ever constructed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from reldash.config.error_text import error_text, quoted
from reldash.errors import ConfigurationError

Loc = tuple[str | int, ...]  # keys and list indexes from the root

TITLE = "Invalid fleet file"
MAX_VALUES = 100_000  # aliases can make a small file expand without end
NULL = "tag:yaml.org,2002:null"
PLAIN_TAGS = {
    f"tag:yaml.org,2002:{kind}"
    for kind in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq", "merge", "value")
}


@dataclass(frozen=True, slots=True)
class Document:
    """A file's values (dicts, lists, text, None) and the line of each, counted from 1."""

    path: Path
    value: object
    lines: Mapping[Loc, int]

    def at(self, loc: Loc) -> object:
        """The value at a location; None if there is none."""
        value = self.value
        for step in loc:
            if isinstance(value, dict):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        return value

    def line(self, loc: Loc) -> int:
        """The line of a value; for a missing one, the line of its parent."""
        while loc not in self.lines:
            loc = loc[:-1]
        return self.lines[loc]

    def existing(self, loc: Loc) -> Loc:
        """The location, or its parent if a short form was expanded."""
        return loc if loc in self.lines else loc[:-1]

    def error(self, loc: Loc, found: str, expected: str) -> ConfigurationError:
        """The error for a value at a location."""
        place = f"{self.path}:{self.line(loc)}"
        return ConfigurationError(TITLE, error_text(place, key_path(loc), found, expected))


def key_path(loc: Loc) -> str:
    """A location as text, such as `clusters[2].environment`; unusual keys are quoted."""
    path = ""
    for step in loc:
        if isinstance(step, int):
            path += f"[{step}]"
        elif step.replace("-", "").replace("_", "").isalnum():
            path += f".{step}" if path else step
        else:
            path += f"[{quoted(step)}]"
    return path


def load_document(path: Path) -> Document:
    """Read a YAML file.

    Raises:
        ConfigurationError: missing, unreadable, not UTF-8, invalid YAML, duplicate key, or a tag.
    """
    text = _read(path)
    lines: dict[Loc, int] = {(): 1}
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        value = None if node is None else _Reader(path, lines).value(node, ())
    except yaml.YAMLError as error:
        raise ConfigurationError(TITLE, _broken(path, error)) from error
    except (ValueError, OverflowError) as error:  # raised by PyYAML for "\UFFFFFFFF"
        message = error_text(
            str(path), "", "invalid YAML (a character that does not exist)", "YAML"
        )
        raise ConfigurationError(TITLE, message) from error
    except RecursionError as error:
        message = error_text(str(path), "", "values nested without end", "a fleet file")
        raise ConfigurationError(TITLE, message) from error
    return Document(path, value, lines)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        expected = 'a fleet file there or at RELDASH_FLEET ("python -m reldash init" writes one)'
        raise ConfigurationError(
            "No fleet file", error_text(str(path), "", "no file", expected)
        ) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        message = error_text(
            f"{path}:{line}", "", f"byte 0x{error.object[error.start]:02x}", "UTF-8"
        )
        raise ConfigurationError(TITLE, message) from error
    except (OSError, ValueError) as error:  # ValueError: a path with a null byte
        reason = getattr(error, "strerror", None) or str(error)
        message = error_text(str(path), "", f"not readable ({reason})", "a file")
        raise ConfigurationError(TITLE, message) from error


def _broken(path: Path, error: yaml.YAMLError) -> str:
    """YAML's own error in one line."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    place = f"{path}:{mark.line + 1}" if mark else str(path)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
    return error_text(place, "", f"invalid YAML ({' '.join(str(problem).split())})", "YAML")


class _Reader:
    """Converts YAML nodes to values and records their lines."""

    def __init__(self, path: Path, lines: dict[Loc, int]) -> None:
        self.path = path
        self.lines = lines
        self.count = 0

    def value(self, node: yaml.Node, loc: Loc) -> object:
        self.count += 1
        line = node.start_mark.line + 1
        self.lines.setdefault(loc, line)
        if self.count > MAX_VALUES:
            raise self._error(line, loc, f"more than {MAX_VALUES} values", "a fleet file")
        if node.tag not in PLAIN_TAGS:
            raise self._error(line, loc, f"tag {quoted(node.tag)}", "a value without a tag")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, loc)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(each, (*loc, i)) for i, each in enumerate(node.value)]
        return None if node.tag == NULL else self._text(node, loc)

    def _text(self, node: yaml.Node, loc: Loc) -> str:
        r"""The scalar's text; a lone surrogate such as "\uD800" is refused as unprintable."""
        text = str(node.value)
        if any("\ud800" <= each <= "\udfff" for each in text):
            line = node.start_mark.line + 1
            raise self._error(line, loc, quoted(text), "text of whole characters")
        return text

    def _mapping(self, node: yaml.MappingNode, loc: Loc) -> dict[str, object]:
        values: dict[str, object] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise self._error(line, loc, "a key that is not text", "text")
            name = self._text(key, loc)
            inner = (*loc, name)
            if name in values:
                expected = f"each key once: it is also on line {self.lines[inner]}"
                raise self._error(line, inner, "a duplicate key", expected)
            self.lines[inner] = line
            values[name] = self.value(value, inner)
        return values

    def _error(self, line: int, loc: Loc, found: str, expected: str) -> ConfigurationError:
        message = error_text(f"{self.path}:{line}", key_path(loc), found, expected)
        return ConfigurationError(TITLE, message)
