"""`reldash init`: a new fleet file from kubeconfig contexts or from EKS."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import yaml

from reldash.collectors.aws.discovery import get_discovered
from reldash.collectors.kubernetes.kubeconfig_yaml import parse_kubeconfig
from reldash.commands.fleet_text import Guess, KubeconfigContext, guess_clusters, render_fleet_text
from reldash.commands.fleet_text_eks import guess_found, is_assignable, render_rule_text
from reldash.config import DiscoverRule, load_settings
from reldash.config.access import DEFAULT_KUBECONFIG, default_kubeconfigs
from reldash.config.environment import expanded
from reldash.config.error_text import quoted
from reldash.config.field_types import EXTERNAL_ID, REGION, ROLE_ARN
from reldash.domain.phrases import counted
from reldash.errors import CollectError, ConfigurationError
from reldash.services.discovery import region_text


def _regions(
    _context: click.Context, _option: click.Parameter, value: str | None
) -> tuple[str, ...]:
    """The distinct regions of an option."""
    names = tuple(dict.fromkeys(each.strip() for each in (value or "").split(",") if each.strip()))
    for name in names:
        if not REGION.fullmatch(name):
            raise click.BadParameter(f"{quoted(name)}, expected AWS regions such as eu-west-1")
    if value is not None and not names:
        raise click.BadParameter("expected AWS regions such as eu-west-1")
    return names


def _rule(regions: tuple[str, ...], role_arn: str | None, external_id: str | None) -> DiscoverRule:
    """The discover rule for the options; BadParameter for values a fleet file would refuse."""
    if role_arn is not None and not ROLE_ARN.fullmatch(role_arn):
        expected = "expected a role such as arn:aws:iam::111122223333:role/NAME"
        raise click.BadParameter(f"{quoted(role_arn)}, {expected}", param_hint="--role-arn")
    if external_id is not None and (role_arn is None or not EXTERNAL_ID.fullmatch(external_id)):
        expected = "expected --role-arn beside it, and 2 to 1224 letters, digits and _+=,.@:/-"
        raise click.BadParameter(expected, param_hint="--external-id")
    return DiscoverRule(regions, role_arn, external_id)


Existing = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--kubeconfig", type=Existing, help="Read this file, not kubectl's.")
@click.option(
    "--discover",
    "regions",
    metavar="REGION[,REGION]",
    callback=_regions,
    help="Discover EKS clusters in these AWS regions; read no kubeconfig.",
)
@click.option("--role-arn", metavar="ARN", help="Role to assume for discovery and reading.")
@click.option("--external-id", metavar="ID", help="External ID for that role.")
@click.option("--force", is_flag=True, help="Overwrite an existing fleet file.")
def init(
    kubeconfig: Path | None,
    regions: tuple[str, ...],
    role_arn: str | None,
    external_id: str | None,
    force: bool,
) -> None:
    """Write a commented fleet file (RELDASH_FLEET) from kubeconfig contexts or from EKS."""
    target = load_settings().fleet
    if regions:
        if kubeconfig is not None:
            raise click.UsageError("use either --kubeconfig or --discover")
        _save_found(target, _rule(regions, role_arn, external_id), force)
    elif role_arn or external_id:
        raise click.UsageError("--role-arn and --external-id need --discover")
    else:
        _save_contexts(target, kubeconfig, force)
    click.echo('next: review the file, then run "python -m reldash check"', err=True)


def _save_found(target: Path, rule: DiscoverRule, force: bool) -> None:
    """Write the EKS clusters; a region that fails is reported and left out."""
    reads = get_discovered([rule])
    found = [each for read in reads for each in read.found or ()]
    failed = [read for read in reads if read.found is None]
    for read in failed:
        where = region_text(read.region, read.role_arn)
        words = f"{read.error_title}: {read.error_message}; how to fix: {read.error_remedy}"
        click.echo(f"{where}: {words}", err=True)
    if failed and not found:
        raise CollectError("Nothing written", f"{target}: no cluster was discovered")
    placed = sum(is_assignable(each, rule) for each in found)
    if not found:
        _keep_good_file(target, force, f"no EKS cluster found in {', '.join(rule.regions)}")
    if placed:
        _save(target, render_rule_text(found, rule), force)
        words = f"{len(found)} discovered, {placed} of them assigned by tags"
        click.echo(f"wrote {target}; {words}", err=True)
    else:
        _save_guesses(target, guess_found(found, rule), None, force)
    if not found:
        words = f"no EKS cluster found in {', '.join(rule.regions)}; add your clusters to the file"
        click.echo(words, err=True)


def _save_contexts(target: Path, kubeconfig: Path | None, force: bool) -> None:
    wanted = (kubeconfig,) if kubeconfig else default_kubeconfigs()
    # A file other than kubectl's default is written down: KUBECONFIG may not be set later.
    usual = len(wanted) > 1 or wanted[0] == expanded(DEFAULT_KUBECONFIG)
    guesses = guess_clusters(load_contexts([path for path in wanted if path.is_file()]))
    places = ", ".join(str(path) for path in wanted)
    if not guesses:
        _keep_good_file(target, force, f"no context found in {places}")
    _save_guesses(target, guesses, None if usual else wanted[0].absolute(), force)
    if not guesses:
        click.echo(f"no context found in {places}; add your clusters to the file", err=True)


def _keep_good_file(target: Path, force: bool, reason: str) -> None:
    """Refuse to replace a fleet file by an empty one.

    Raises:
        ConfigurationError: --force is given, and the file has sections, though perhaps a fault.
    """
    if force and _has_sections(target):
        raise ConfigurationError("Nothing written", f"{reason}; {target} is left as it is")


def _has_sections(target: Path) -> bool:
    try:
        return isinstance(yaml.safe_load(target.read_bytes()), dict)
    except FileNotFoundError:
        return False
    except (OSError, yaml.YAMLError, ValueError, RecursionError):
        return True  # somebody wrote it


def _save_guesses(
    target: Path, guesses: Sequence[Guess], kubeconfig: Path | None, force: bool
) -> None:
    _save(target, render_fleet_text(guesses, kubeconfig), force)
    open_ = sum(guess.environment is None for guess in guesses)
    click.echo(f"wrote {target} with {counted(len(guesses) - open_, 'cluster')}", err=True)
    if open_:
        click.echo(f"{open_} more as comments: fill in their environment", err=True)


def load_contexts(paths: Sequence[Path]) -> list[KubeconfigContext]:
    """The contexts of kubeconfig files; the first of a name wins, as in kubectl.

    Raises:
        ConfigurationError: a file cannot be read or is not a kubeconfig.
    """
    documents = [_load(path) for path in paths]
    commands: dict[str, str] = {}
    for document in documents:
        for name, user in _named(document, "users", "user"):
            signs_in = user.get("exec")
            command = signs_in.get("command") if isinstance(signs_in, dict) else None
            commands.setdefault(name, str(command or ""))
    contexts: dict[str, KubeconfigContext] = {}
    for document in documents:
        for name, context in _named(document, "contexts", "context"):
            command = commands.get(str(context.get("user")), "")
            contexts.setdefault(
                name, KubeconfigContext(name, str(context.get("cluster") or ""), command)
            )
    return list(contexts.values())


def _load(path: Path) -> Mapping[str, Any]:
    """A parsed kubeconfig. YAML's own error text is left out: it could quote a token."""
    try:
        document = parse_kubeconfig(path.read_bytes())
    except OSError as error:
        reason = f"{path}: not readable ({error.strerror}), expected a kubeconfig"
        raise ConfigurationError("Kubeconfig unusable", reason) from error
    except (yaml.YAMLError, ValueError, RecursionError):
        document = "no YAML"
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise ConfigurationError("Kubeconfig unusable", f"{path}: expected a kubeconfig in YAML")
    return document


def _named(
    document: Mapping[str, Any], plural: str, singular: str
) -> list[tuple[str, dict[str, Any]]]:
    """The (name, mapping) entries of a list in a kubeconfig; malformed ones are skipped."""
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
        reason = f"{target} already exists; use --force to overwrite it"
        raise ConfigurationError("Fleet file exists", reason) from error
    except OSError as error:
        reason = f"{target}: not writable ({error.strerror}), expected a path in an existing folder"
        raise ConfigurationError("Fleet file not written", reason) from error
