"""Writes the fleet file and environment that a dashboard needs for the demo fleet.

By address: a fleet file with clusters, CA and tokens. Through AWS: a fleet file with `discover`
rules, and environment variables with endpoints and keys.
"""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import trustme
import yaml

from reldash.demo.aws.accounts import (
    DASHBOARD_TAG,
    DISCOVERY_RULES,
    ENVIRONMENT_TAG,
    EXTERNAL_ID,
    NAMESPACES_TAG,
    DiscoveryRule,
)
from reldash.demo.delivery_labels import LINKS
from reldash.demo.service_account import ServiceAccount
from reldash.demo.topology import ClusterSpec

_HEAD = "# Written by the demo at each start: the clusters are simulated, and gone when it ends.\n"

# Short intervals, so that states that normally take minutes appear while one watches.
_RULES: dict[str, Any] = {
    "environments": [
        "dev",
        {"name": "lit", "budget": {"dwell": "5d"}},
        {"name": "shared", "promotes_from": None},
        {
            "name": "stg",
            "promotes_from": "lit",
            "pinned": True,
            "budget": {"dwell": "7d", "lag": "minor"},
        },
        {"name": "prod", "pinned": True, "budget": {"dwell": "14d", "lag": "minor"}},
    ],
    "dashboards": {
        "platform": {
            "title": "Platform",
            "environments": ["dev", "lit", "shared", "stg", "prod"],
        },
        "customer-solutions": {
            "title": "Customer Solutions",
            "environments": ["dev", "stg", "prod"],
            "customer": {"namespace": "cust-(?P<customer>[a-z]+)(-(dev|stg))?"},
        },
    },
    "freezes": [
        {
            "name": "weekend",
            "environment": "prod",
            "from": "2026-01-02 17:00",
            "to": "2026-01-05 07:00",
            "time_zone": "Europe/Berlin",
            "repeats": "FREQ=WEEKLY",
        }
    ],
    "services": {
        "name": ["label:app.kubernetes.io/name", "label:app", "workload"],
        "owner": ["label:team", "label:app.kubernetes.io/part-of"],
        "strip_suffixes": ["-primary"],
        "sidecars": ["istio-proxy", "linkerd-proxy", "*/envoy", "log-shipper", "sql-proxy"],
        "expected": ["audit-trail"],
    },
    "collect": {
        "interval": "10s",
        "timeout": "5s",
        "stale_after": "40s",
        "rolling_max": "10m",
        "degraded_after": "20s",
    },
    "links": dict(LINKS),
}

ENVIRONMENT_FILE: Final = "environment"
_REGISTRY: dict[str, Any] = {"registry": {"ttl": "2m"}}


def save_discovering_file(folder: Path, variables: Mapping[str, str]) -> Path:
    """Write fleet.yaml with `discover` rules, and `environment` for a shell to source.

    Creates the folder if missing; returns fleet.yaml's path. Only the owner can read
    `environment`: it holds keys, though only for the simulated AWS.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = _save(folder, {"discover": [_search(search) for search in DISCOVERY_RULES], **_REGISTRY})
    file = folder / ENVIRONMENT_FILE
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    add_variables(folder, {"RELDASH_FLEET": str(path.resolve()), **variables})
    return path


def add_variables(folder: Path, variables: Mapping[str, str]) -> None:
    """Append variables to the file `environment`, which must exist."""
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in variables.items()]
    with (folder / ENVIRONMENT_FILE).open("a") as file:
        file.write("".join(lines))


def _search(search: DiscoveryRule) -> dict[str, Any]:
    eks: dict[str, Any] = {"regions": list(search.regions)}
    if search.role is not None:
        eks |= {"role_arn": search.role.arn, "external_id": EXTERNAL_ID}
    rule: dict[str, Any] = {
        "eks": eks,
        "tags": {
            "dashboard": DASHBOARD_TAG,
            "environment": ENVIRONMENT_TAG,
            "namespaces": NAMESPACES_TAG,
        },
    }
    if search.environments:
        rule["environments"] = {
            value: {name: list(patterns) for name, patterns in environments.items()}
            for value, environments in search.environments.items()
        }
    return rule


def save_fleet_file(
    folder: Path,
    authority: trustme.CA,
    plans: Sequence[ClusterSpec],
    urls: Mapping[str, str],
    accounts: Mapping[str, ServiceAccount],
) -> Path:
    """Write fleet.yaml, ca.crt and tokens/NAME into `folder` (created if missing).

    Only the owner can read the tokens. Returns fleet.yaml's path.
    """
    folder.mkdir(parents=True, exist_ok=True)
    authority.cert_pem.write_to_path(str(folder / "ca.crt"))
    tokens = folder / "tokens"
    tokens.mkdir(mode=0o700, exist_ok=True)
    clusters = []
    for plan in plans:
        token_file = tokens / plan.name
        account = accounts[plan.name]
        token_file.unlink(missing_ok=True)
        token_file.touch(mode=0o600)
        token_file.write_text(f"{account.sent or account.token}\n")
        clusters.append(_entry(plan, urls[plan.name], folder / "ca.crt", token_file))
    return _save(folder, {"clusters": clusters})


def _save(folder: Path, section: Mapping[str, Any]) -> Path:
    path = folder / "fleet.yaml"
    text = yaml.safe_dump(_RULES | dict(section), sort_keys=False, width=100)
    path.write_text(_HEAD + text)
    return path


def _entry(plan: ClusterSpec, url: str, ca_file: Path, token_file: Path) -> dict[str, Any]:
    environments = dict(plan.environments)
    whole = list(environments.values()) == [("*",)]
    entry: dict[str, Any] = {
        "name": plan.name,
        "dashboard": plan.dashboard,
        "environment": (
            next(iter(environments))
            if whole
            else {name: list(patterns) for name, patterns in environments.items()}
        ),
        "server": {"url": url, "ca_file": str(ca_file), "token_file": str(token_file)},
    }
    if plan.namespaces is not None:
        entry["namespaces"] = list(plan.namespaces)
    return entry
