"""YAML of kubeconfigs: names are text as written, whatever YAML would make of them.

An unquoted `2026-11-30`, `123` or `on` is the name of a context as people write it, and kubectl
takes a date for text as well.
"""

from collections.abc import Mapping
from typing import Any

import yaml

# Loaders in C: a kubeconfig of fifty EKS clusters takes a second in pure Python.
_Typed: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Written: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

_KEPT = frozenset({"extensions"})  # given to plugins as they are
_NAMES = frozenset({"name", "current-context", "context"})


def parse_kubeconfig(content: bytes) -> object:
    """The document; dates and numbers are text, and so is every name.

    Raises:
        yaml.YAMLError, ValueError, RecursionError: it is not YAML.
    """
    typed = yaml.load(content, _Typed)  # noqa: S506 - a safe loader
    written = yaml.load(content, _Written)  # noqa: S506 - makes only text, lists and mappings
    return _as_written(typed, written, is_name=False)


def _as_written(typed: object, written: object, *, is_name: bool) -> object:
    if isinstance(typed, dict):
        texts: Mapping[object, object] = (
            {str(key): value for key, value in written.items()} if isinstance(written, dict) else {}
        )
        return {
            key: value
            if key in _KEPT
            else _as_written(value, texts.get(key), is_name=is_name or key in _NAMES)
            for key, value in typed.items()
        }
    if isinstance(typed, list):
        texts_of = written if isinstance(written, list) else [None] * len(typed)
        return [
            _as_written(value, text, is_name=is_name)
            for value, text in zip(typed, texts_of, strict=True)
        ]
    if typed is None or isinstance(typed, str) or (isinstance(typed, bool) and not is_name):
        return typed
    return written if isinstance(written, str) else str(typed)
