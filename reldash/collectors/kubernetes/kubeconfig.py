"""Finds a context in kubeconfig files, which are parsed again only after a change.

The official client's file loader is not used: it parses YAML in pure Python at each call, and
fifty contexts of one file would cost more than reading their clusters. It is given a dict with
one context instead.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from reldash.collectors.http.errors import ReadError
from reldash.collectors.kubernetes.kubeconfig_yaml import parse_kubeconfig

_FILES = ("certificate-authority", "client-certificate", "client-key", "tokenFile")


@dataclass(frozen=True, slots=True)
class KubeContext:
    """One context: its name, `cluster` and `user` with absolute file names, and its folder.

    The folder is that of the file with the user, where a relative plugin is found.
    """

    name: str
    cluster: Mapping[str, Any]
    user: Mapping[str, Any]
    folder: Path


@dataclass(frozen=True, slots=True)
class _KubeconfigFile:
    folder: Path
    current: str | None
    contexts: Mapping[str, Mapping[str, Any]]
    clusters: Mapping[str, Mapping[str, Any]]
    users: Mapping[str, Mapping[str, Any]]


_lock = threading.Lock()
_parsed: dict[Path, tuple[tuple[int, int], _KubeconfigFile]] = {}


def find_context(paths: Sequence[Path], context: str | None) -> KubeContext:
    """The named context, or the current one; the first file that defines an entry wins.

    Raises:
        ReadError: a file is unreadable or not a kubeconfig, or the context is in none of them.
    """
    where = " and ".join(str(path) for path in paths)
    files = [_load(path) for path in paths]
    name = context or next((file.current for file in files if file.current), None)
    if name is None:
        raise ReadError(
            "No context", f"{where} has no current-context", "name one: kubeconfig.context"
        )
    found = next((file.contexts[name] for file in files if name in file.contexts), None)
    if found is None:
        known = ", ".join(sorted({key for file in files for key in file.contexts})) or "none"
        raise ReadError(
            "Unknown context",
            f"{where} has no context {name!r}; it has: {known}",
            "correct kubeconfig.context in the fleet file",
        )
    cluster_name = str(found.get("cluster") or "")
    cluster = next(
        (file.clusters[cluster_name] for file in files if cluster_name in file.clusters), None
    )
    if cluster is None:
        raise ReadError(
            "Incomplete kubeconfig",
            f"{where}: context {name!r} names cluster {cluster_name!r}, which is not there",
            "correct the kubeconfig",
        )
    user_name = str(found.get("user") or "")
    owner = next((file for file in files if user_name in file.users), None)
    if user_name and owner is None:
        raise ReadError(
            "Incomplete kubeconfig",
            f"{where}: context {name!r} names user {user_name!r}, which is not there",
            "correct the kubeconfig",
        )
    return KubeContext(
        name, cluster, owner.users[user_name] if owner else {}, (owner or files[0]).folder
    )


def _load(path: Path) -> _KubeconfigFile:
    try:
        stat = path.stat()
        stamp = (stat.st_mtime_ns, stat.st_size)
        with _lock:
            known = _parsed.get(path)
        if known is not None and known[0] == stamp:
            return known[1]
        document = parse_kubeconfig(path.read_bytes())
    except OSError as error:
        raise ReadError(
            "Unreadable kubeconfig", f"{path}: {error.strerror}", "check its permissions"
        ) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # Without the error's message: it would quote the line, and with it a token.
        raise ReadError("Broken kubeconfig", f"{path} is not YAML", "correct the file") from error
    if not isinstance(document, dict):
        raise ReadError("Broken kubeconfig", f"{path} is not a kubeconfig", "correct the file")
    folder = path.resolve().parent
    file = _KubeconfigFile(
        folder,
        document.get("current-context") or None,
        _named(document, "contexts", "context", folder, path),
        _named(document, "clusters", "cluster", folder, path),
        _named(document, "users", "user", folder, path),
    )
    with _lock:
        _parsed[path] = (stamp, file)
    return file


def _named(
    document: Mapping[str, Any], plural: str, singular: str, folder: Path, path: Path
) -> dict[str, dict[str, Any]]:
    """The list `plural` by name; file names in it are made absolute."""
    found: dict[str, dict[str, Any]] = {}
    items = document.get(plural) or []
    for item in items if isinstance(items, list) else [items]:
        name, value = (
            (item.get("name"), item.get(singular) or {}) if isinstance(item, dict) else (None, None)
        )
        if not isinstance(value, dict) or not isinstance(name, str):
            raise ReadError(
                "Broken kubeconfig",
                f"{path}: expected {plural} to be a list of name and {singular}",
                "correct the file",
            )
        absolute = {key: str(folder / value[key]) for key in _FILES if value.get(key)}
        rest = {key: each for key, each in value.items() if key not in _FILES}
        found.setdefault(name, {**rest, **absolute})  # an empty file name means none
    return found
