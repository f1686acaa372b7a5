"""Consistency checks between the sections of a fleet file."""

from collections.abc import Sequence

from reldash.config.addresses import SERVER, is_protected
from reldash.config.document import Document, Loc
from reldash.config.error_text import did_you_mean, one_of, quoted
from reldash.config.freezes import check_freeze, check_history
from reldash.config.shapes import ClusterShape, CollectShape, FleetShape, ServerShape

MAY_BE_INSECURE = ("kubeconfig", "server")
ACCESS_KEYS = ("kubeconfig", "server", "in_cluster", "eks")


def check_sections_agree(fleet: FleetShape, document: Document) -> None:
    """Check references and duplicates across sections.

    Raises:
        ConfigurationError: the first error, section by section.
    """
    if document.at(("clusters",)) is None and not fleet.discover:
        found = quoted(None) if "clusters" in fleet.model_fields_set else "missing"
        raise document.error(("clusters",), found, "a list of clusters")
    _check_environments(fleet, document)
    _check_dashboards(fleet, document)
    names = [cluster.name for cluster in fleet.clusters]
    check_distinct(names, [("clusters", i, "name") for i in range(len(names))], document)
    for i, cluster in enumerate(fleet.clusters):
        loc = ("clusters", i)
        _check_place(cluster, loc, fleet, document)
        _check_access(cluster, loc, document)
    _check_collect(fleet.collect, document)
    _check_freezes(fleet, document)
    check_history(fleet.history, document)


def _check_environments(fleet: FleetShape, document: Document) -> None:
    names = [environment.name for environment in fleet.environments]
    locs = [document.existing(("environments", i, "name")) for i in range(len(names))]
    check_distinct(names, locs, document)
    for i, environment in enumerate(fleet.environments):
        loc: Loc = ("environments", i)
        source = environment.promotes_from
        if source is not None and source not in names[:i]:
            earlier = f"null or an earlier environment ({one_of(names[:i])})" if i else "null"
            close = did_you_mean(source, names[:i])
            raise document.error((*loc, "promotes_from"), quoted(source), earlier + close)
        if environment.budget is not None and not environment.budget.model_fields_set:
            raise document.error((*loc, "budget"), "an empty mapping", "dwell, lag or both")


def _check_dashboards(fleet: FleetShape, document: Document) -> None:
    defined = {environment.name: environment for environment in fleet.environments}
    for key, dashboard in fleet.dashboards.items():
        loc: Loc = ("dashboards", key, "environments")
        locs = [(*loc, i) for i in range(len(dashboard.environments))]
        for name, place in zip(dashboard.environments, locs, strict=True):
            check_known(name, list(defined), place, document)
        check_distinct(dashboard.environments, locs, document)
        for i, name in enumerate(dashboard.environments):
            source = defined[name].promotes_from
            if source in dashboard.environments[i:]:
                raise document.error(
                    locs[i], quoted(name), f"it after {source}, the environment it is promoted from"
                )
        customer = dashboard.customer
        if customer is not None and (customer.namespace is None) == (customer.label is None):
            found = "both namespace and label" if customer.label else "neither"
            raise document.error(
                ("dashboards", key, "customer"), found, "one of namespace and label"
            )


def _check_place(cluster: ClusterShape, loc: Loc, fleet: FleetShape, document: Document) -> None:
    """Check that a cluster's dashboards and environments exist and match."""
    boards = cluster.dashboard
    locs = [document.existing((*loc, "dashboard", i)) for i in range(len(boards))]
    for key, place in zip(boards, locs, strict=True):
        check_known(key, list(fleet.dashboards), place, document)
    check_distinct(boards, locs, document)
    held = {key: fleet.dashboards[key].environments for key in boards}
    defined = [environment.name for environment in fleet.environments]
    for name in cluster.environment:
        place = document.existing((*loc, "environment", name))
        check_known(name, defined, place, document)
        if not any(name in environments for environments in held.values()):
            of = "; ".join(f"of {key}: {one_of(names)}" for key, names in held.items())
            raise document.error(place, quoted(name), f"an environment {of}")
    for key, names in held.items():
        if not any(name in names for name in cluster.environment):
            place = (*loc, "environment")
            found = f"no environment of dashboard {key}"
            raise document.error(place, found, f"{one_of(names)}, or {key} not in dashboard")


def _check_access(cluster: ClusterShape, loc: Loc, document: Document) -> None:
    """Check that a cluster has exactly one complete access."""
    keys = [key for key in ACCESS_KEYS if key in cluster.model_fields_set]
    if not keys:
        raise document.error(loc, f"no access for {quoted(cluster.name)}", one_of(ACCESS_KEYS))
    if len(keys) > 1:
        line = document.lines[(*loc, keys[0])]
        raise document.error(
            (*loc, keys[1]), "a second access", f"only one: {keys[0]} is on line {line}"
        )
    key = keys[0]
    if key == "in_cluster" and cluster.in_cluster is not True:
        found = quoted(document.at((*loc, key)))
        raise document.error((*loc, key), found, "true, or another access")
    if getattr(cluster, key) is None:
        hint = " ({} for kubectl's default)" if key == "kubeconfig" else ""
        raise document.error((*loc, key), "nothing", f"a mapping{hint}")
    if cluster.server is not None:
        _check_server(cluster.server, (*loc, "server"), document)
        if not (cluster.allow_insecure or is_protected(cluster.server.url)):
            expected = f"{SERVER}, or allow_insecure: true for the cluster"
            raise document.error((*loc, "server", "url"), quoted(cluster.server.url), expected)
    if cluster.allow_insecure and key not in MAY_BE_INSECURE:
        raise document.error((*loc, "allow_insecure"), f"it beside {key}", "it left out")
    if cluster.eks is not None and cluster.eks.external_id and not cluster.eks.role_arn:
        raise document.error(
            (*loc, "eks", "external_id"), "no role_arn", "role_arn with external_id"
        )


def _check_server(server: ServerShape, loc: Loc, document: Document) -> None:
    if (server.token_env is None) == (server.token_file is None):
        found = "both token_env and token_file" if server.token_env else "no token"
        raise document.error(loc, found, "one of token_env and token_file")
    if server.token_env is not None and server.token_env.upper().startswith("RELDASH_"):
        expected = "another name: RELDASH_ variables are settings"
        raise document.error((*loc, "token_env"), quoted(server.token_env), expected)


def _check_collect(collect: CollectShape, document: Document) -> None:
    if collect.stale_after < collect.interval:
        written = document.at(("collect", "stale_after"))
        found = "5m by default" if written is None else quoted(written)
        interval = document.at(("collect", "interval")) or "60s by default"
        expected = f"at least collect.interval ({interval})"
        raise document.error(("collect", "stale_after"), found, expected)


def _check_freezes(fleet: FleetShape, document: Document) -> None:
    names = [freeze.name for freeze in fleet.freezes]
    check_distinct(names, [("freezes", i, "name") for i in range(len(names))], document)
    defined = [environment.name for environment in fleet.environments]
    for i, freeze in enumerate(fleet.freezes):
        loc = ("freezes", i)
        places = [
            document.existing((*loc, "environment", j)) for j in range(len(freeze.environment))
        ]
        for name, place in zip(freeze.environment, places, strict=True):
            check_known(name, defined, place, document)
        check_distinct(freeze.environment, places, document)
        check_freeze(freeze, loc, document)


def check_known(name: str, known: Sequence[str], loc: Loc, document: Document) -> None:
    """Raise ConfigurationError for an unknown name."""
    if name not in known:
        raise document.error(loc, quoted(name), one_of(known) + did_you_mean(name, known))


def check_distinct(names: Sequence[str], locs: Sequence[Loc], document: Document) -> None:
    """Raise ConfigurationError for a duplicate name; `locs` are the locations of the names."""
    first: dict[str, Loc] = {}
    for name, loc in zip(names, locs, strict=True):
        if name in first:
            expected = f"another name: it is also on line {document.lines[first[name]]}"
            raise document.error(loc, quoted(name), expected)
        first[name] = loc
