"""reldash init: a first fleet file from the contexts of a kubeconfig."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import yaml

from reldash.commands.fleet_text import Context, guess_clusters, render_fleet_text
from reldash.config import load_settings
from reldash.config.access import DEFAULT_KUBECONFIG, default_kubeconfigs
from reldash.config.environment import expanded
from reldash.errors import ConfigurationError

Existing = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--kubeconfig", type=Existing, help="Read this one, not those that kubectl reads.")
@click.option("--force", is_flag=True, help="Replace a fleet file that is there.")
def init(kubeconfig: Path | None, force: bool) -> None:
    """Write a commented fleet file (RELDASH_FLEET) from the contexts of a kubeconfig."""
    target = load_settings().fleet
    wanted = (kubeconfig,) if kubeconfig else default_kubeconfigs()
    # Another file than kubectl's usual one is named, since KUBECONFIG may not be set later on.
    usual = len(wanted) > 1 or wanted[0] == expanded(DEFAULT_KUBECONFIG)
    guesses = guess_clusters(load_contexts([path for path in wanted if path.is_file()]))
    _save(target, render_fleet_text(guesses, None if usual else wanted[0].absolute()), force)
    open_ = sum(guess.environment is None for guess in guesses)
    click.echo(f"wrote {target}; clusters in it: {len(guesses) - open_}", err=True)
    if open_:
        click.echo(f"as comments, until you say their environment: {open_}", err=True)
    if not guesses:
        places = ", ".join(str(path) for path in wanted)
        click.echo(f"no context found in {places}: name your clusters in the file", err=True)
    click.echo('look it over, then try it: "python -m reldash check"', err=True)


def load_contexts(paths: Sequence[Path]) -> list[Context]:
    """The contexts of kubeconfig files; of one name the first counts, as for kubectl.

    Raises:
        ConfigurationError: a file cannot be read or is no kubeconfig.
    """
    documents = [_load(path) for path in paths]
    commands: dict[str, str] = {}
    for document in documents:
        for name, user in _named(document, "users", "user"):
            signs_in = user.get("exec")
            command = signs_in.get("command") if isinstance(signs_in, dict) else None
            commands.setdefault(name, str(command or ""))
    contexts: dict[str, Context] = {}
    for document in documents:
        for name, context in _named(document, "contexts", "context"):
            command = commands.get(str(context.get("user")), "")
            contexts.setdefault(name, Context(name, str(context.get("cluster") or ""), command))
    return list(contexts.values())


def _load(path: Path) -> Mapping[str, Any]:
    """A kubeconfig as it stands. YAML's own words are left out: they could quote a token."""
    try:
        document = yaml.safe_load(path.read_bytes())
    except OSError as error:
        reason = f"{path}: not readable ({error.strerror}), expected a kubeconfig"
        raise ConfigurationError("Kubeconfig unusable", reason) from error
    except (yaml.YAMLError, ValueError, RecursionError):
        document = "no YAML"
    if not isinstance(document, dict | None):
        raise ConfigurationError("Kubeconfig unusable", f"{path}: expected a kubeconfig in YAML")
    return document or {}


def _named(
    document: Mapping[str, Any], plural: str, singular: str
) -> list[tuple[str, dict[str, Any]]]:
    """The entries of a kubeconfig's list that have a name and a mapping."""
    items = document.get(plural)
    return [
        (item["name"], item[singular])
        for item in (items if isinstance(items, list) else [])
        if isinstance(item, dict)
        and isinstance(item.get("name"), str)
        and item["name"].strip()
        and isinstance(item.get(singular), dict)
    ]


def _save(target: Path, text: str, force: bool) -> None:
    try:
        with target.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        reason = f"{target}: a file is there, expected none; --force replaces it"
        raise ConfigurationError("Fleet file exists", reason) from error
    except OSError as error:
        reason = f"{target}: not writable ({error.strerror}), expected a file in an existing folder"
        raise ConfigurationError("Fleet file not written", reason) from error
