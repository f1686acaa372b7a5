"""The text of a new fleet file, with environments guessed from cluster names."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from reldash.config.error_text import quoted

# Environments in promotion order, each with the words that mean it in names.
ENVIRONMENTS = {
    "dev": {"dev", "develop", "development", "sandbox", "minikube", "kind", "k3d", "desktop"},
    "test": {"test", "tst", "testing"},
    "qa": {"qa"},
    "lit": {"lit", "int", "integration"},
    "shared": {"shared", "tools", "mgmt", "management"},
    "uat": {"uat"},
    "stg": {"stg", "stage", "staging", "preprod"},
    "prod": {"prod", "prd", "production", "live"},
}
APART = "shared"  # nothing is promoted to it or from it
USUAL = {
    "platform": ("Platform", ["dev", "lit", "shared", "stg", "prod"]),
    "customer-solutions": ("Customer Solutions", ["dev", "stg", "prod"]),
}
CUSTOMER_WORDS = {"cust", "customer", "customers", "tenant", "tenants", "solution", "solutions"}
PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
EKS_ARN = re.compile(r"arn:aws[\w-]*:eks:(?P<region>[\w-]+):\d*:cluster/(?P<name>.+)")


@dataclass(frozen=True, slots=True)
class KubeconfigContext:
    """A context of a kubeconfig.

    Attributes:
        cluster: the name of its cluster entry.
        command: the program that signs in (`exec`), or "".
        access: another access, as written in the fleet file; "" for this context.
    """

    name: str
    cluster: str = ""
    command: str = ""
    access: str = ""


@dataclass(frozen=True, slots=True)
class Guess:
    """A guess from a context: the cluster's name, dashboard and environment (None if unclear)."""

    context: KubeconfigContext
    name: str
    dashboard: str
    environment: str | None


def guess_clusters(contexts: Sequence[KubeconfigContext]) -> list[Guess]:
    """A guess for each context, with distinct names."""
    taken: set[str] = set()
    guesses = []
    for context in contexts:
        name = next(each for each in _names(context) if each not in taken)
        taken.add(name)
        words = _words(context.name) | _words(context.cluster)
        dashboard = "customer-solutions" if words & CUSTOMER_WORDS else "platform"
        environment = guess_environment(context.name) or guess_environment(context.cluster)
        guesses.append(Guess(context, name, dashboard, environment))
    return guesses


def guess_environment(name: str) -> str | None:
    """The environment that a name contains; None if it contains none or several."""
    words = _words(name)
    if "non" in words or "nonprod" in words:
        return None
    found = [environment for environment, known in ENVIRONMENTS.items() if words & known]
    return found[0] if len(found) == 1 else None


def render_fleet_text(guesses: Sequence[Guess], kubeconfig: Path | None) -> str:
    """A valid fleet file.

    A context whose environment cannot be guessed is written as a comment: a wrong guess would be
    shown as drift. `kubeconfig` is written into each entry; None leaves it out.
    """
    found = {guess.environment for guess in guesses} - {None}
    names = [each for each in ENVIRONMENTS if each in found] or USUAL["platform"][1]
    boards = {}
    for key, (title, usual) in USUAL.items():
        held = {guess.environment for guess in guesses if guess.dashboard == key}
        listed = [each for each in names if each in held] if found else usual
        if listed:
            boards[key] = f"  {key}: {{title: {title}, environments: [{', '.join(listed)}]}}"
    clusters = [line for guess in guesses for line in _cluster(guess, boards, kubeconfig)]
    section = [
        "# Each with one access: kubeconfig, eks (cluster, region, role_arn, external_id), server",
        "# (url, ca_file, token_env or token_file) or in_cluster: true. Put no secret here:",
        "# token_env is the name of an environment variable.",
        *(["clusters:"] if found else ["clusters: []" if not clusters else EMPTY]),
        *(clusters or EXAMPLE),
    ]
    return whole_text(names, list(boards.values()), section)


def whole_text(names: Sequence[str], boards: Iterable[str], section: Iterable[str]) -> str:
    """A fleet file.

    Args:
        names: of the environments, in promotion order.
        boards: the lines of the dashboards.
        section: the lines about clusters.
    """
    return "\n".join(
        [
            "# The fleet: clusters, environments, dashboards. docs/fleet.md explains every key.",
            "# Written by `python -m reldash init`. Please check the guesses.",
            "",
            "# In promotion order. A name alone is enough. promotes_from: the environment that",
            "# versions come from (default: the one before; null: none). pinned: moving tags such",
            "# as latest are flagged. budget: behind within it is waiting, not drift.",
            "environments:",
            *_environments(names),
            "",
            "dashboards:",
            *boards,
            "",
            *section,
            "",
            "collect: {interval: 60s, timeout: 10s, pods: true, stale_after: 5m}",
            "",
        ]
    )


EMPTY = "clusters: []   # remove the [] once an entry below is complete"
EXAMPLE = [
    "#  - name: platform-dev",
    "#    dashboard: platform",
    "#    environment: dev",
    "#    kubeconfig: {context: platform-dev}",
    "#  - name: platform-prod",
    "#    dashboard: platform",
    "#    environment: prod",
    "#    server: {url: https://kube.prod.example.com, ca_file: ca.crt, token_env: PROD_TOKEN}",
]


def _environments(names: Sequence[str]) -> Iterable[str]:
    kinds = [guess_environment(name) for name in names]
    chain = [name for name, kind in zip(names, kinds, strict=True) if kind != APART]
    for i, name in enumerate(names):
        keys = [f"name: {yaml_name(name)}"]
        if kinds[i] in (APART, None):  # a wrong guess would be shown as drift
            keys.append("promotes_from: null")
        elif i and kinds[i - 1] == APART:
            before = chain.index(name) - 1
            keys.append(f"promotes_from: {yaml_name(chain[before]) if before >= 0 else 'null'}")
        if kinds[i] == "prod":
            keys.append("pinned: true, budget: {dwell: 14d, lag: minor}")
        yield f"  - {{{', '.join(keys)}}}" if len(keys) > 1 else f"  - {yaml_name(name)}"


def _cluster(guess: Guess, boards: Iterable[str], kubeconfig: Path | None) -> Iterable[str]:
    head = "  -" if guess.environment else "#  -"
    rest = "   " if guess.environment else "#   "
    board = guess.dashboard if guess.dashboard in boards else next(iter(boards))
    environment = guess.environment or "   # unclear: fill in, then uncomment"
    path = f", path: {yaml_scalar(str(kubeconfig))}" if kubeconfig is not None else ""
    yield f"{head} name: {yaml_scalar(guess.name)}"
    yield f"{rest} dashboard: {board}"
    yield f"{rest} environment: {environment}"
    if guess.context.command:
        command = quoted(guess.context.command)
        yield f"{rest} # signs in with {command}, which must be installed for the dashboard"
    context = f"kubeconfig: {{context: {yaml_scalar(guess.context.name)}{path}}}"
    yield f"{rest} {guess.context.access or context}"


def yaml_name(name: str) -> str:
    """A name as a YAML scalar, quoted only if necessary."""
    return name if PLAIN.fullmatch(name) else yaml_scalar(name)


def yaml_scalar(text: str) -> str:
    """Text as a YAML scalar on one line."""
    whole = yaml.safe_dump(text, default_style='"', allow_unicode=True, width=10_000_000)
    return whole.strip()


def _words(name: str) -> set[str]:
    """The lower-case words of a name, without trailing digits."""
    match = EKS_ARN.fullmatch(name)
    plain = match["name"] if match else name
    return {word.rstrip("0123456789") for word in re.split(r"[\W_]+", plain.lower())}


def _names(context: KubeconfigContext) -> Iterable[str]:
    """Candidate names for a context's cluster, best first; endless."""
    match = EKS_ARN.fullmatch(context.name)
    plain = re.sub(r"[^\w.:@+-]+", "-", match["name"] if match else context.name)
    best = re.sub(r"^[\W_]+", "", plain)[:80].rstrip("-") or "cluster"
    yield best
    if match:
        yield f"{best}-{match['region']}"
    number = 2
    while True:
        yield f"{best}-{number}"
        number += 1
