"""Assignment of discovered clusters to the fleet by tags and discover rules."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reldash.config import ClusterEntry, DiscoverRule, EksAccess, Fleet
from reldash.config.error_text import did_you_mean, one_of, quoted
from reldash.config.field_types import NAMESPACE
from reldash.domain.fleet.discovered import DiscoveredCluster
from reldash.domain.fleet.rules import Cluster

_ACCOUNT = re.compile(r"arn:[\w-]+:iam::([0-9]{12}):")


@dataclass(frozen=True, slots=True)
class Unassigned:
    """A discovered cluster that could not be assigned.

    Attributes:
        reason: such as "tag 'environment' is missing".
        remedy: how to assign it, in one line.
    """

    found: DiscoveredCluster
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """The fleet including discovered clusters.

    Attributes:
        fleet: the clusters of the file, then assigned ones, ordered by rule, region and name.
        assigned: the discovered cluster behind each assigned name.
        unassigned: the other discovered clusters, in the same order.
    """

    fleet: Fleet
    assigned: Mapping[str, DiscoveredCluster]
    unassigned: tuple[Unassigned, ...]


class _UnassignableError(Exception):
    """A cluster cannot be assigned by its tags; the message is the reason."""


def assign(written: Fleet, found: Sequence[DiscoveredCluster]) -> Assignment:
    """Assign every existing discovered cluster by the discover rules of the fleet file.

    Clusters listed in the file keep its settings. A cluster found through several roles counts
    once, for the first rule that can assign it.

    Args:
        written: the content of the fleet file.
        found: all clusters ever discovered; deleted ones keep their names, so that histories
            never mix.
    """
    places = {
        (region, rule.role_arn): (i, j, rule)
        for i, rule in enumerate(written.discover)
        for j, region in enumerate(rule.regions)
    }
    ruled = [each for each in found if (each.region, each.role_arn) in places]
    names = _names(ruled, {entry.cluster.name for entry in written.entries})
    entries: dict[str, tuple[DiscoveredCluster, ClusterEntry]] = {}
    unassigned: dict[str, Unassigned] = {}
    ruled.sort(key=lambda each: (*places[each.region, each.role_arn][:2], each.name))
    for each in ruled:
        if each.gone_at is not None or each.arn in entries or _is_written(each, written):
            continue
        rule = places[each.region, each.role_arn][2]
        try:
            cluster = _cluster(each, names[each.arn], rule, written)
        except _UnassignableError as reason:
            unassigned.setdefault(each.arn, Unassigned(each, str(reason), _remedy(each, rule)))
        else:
            access = EksAccess(each.name, each.region, each.role_arn, rule.external_id)
            entries[each.arn] = each, ClusterEntry(cluster, access)
            unassigned.pop(each.arn, None)
    all_entries = (*written.entries, *(entry for _, entry in entries.values()))
    rules = replace(written.rules, clusters=tuple(entry.cluster for entry in all_entries))
    return Assignment(
        replace(written, rules=rules, entries=all_entries),
        {entry.cluster.name: each for each, entry in entries.values()},
        tuple(unassigned.values()),
    )


def _names(found: Iterable[DiscoveredCluster], taken: Iterable[str]) -> dict[str, str]:
    """A unique, permanent name for each ARN; the first discovered gets the shortest."""
    used = set(taken)
    names: dict[str, str] = {}
    for each in sorted(found, key=lambda each: (each.found_at, each.arn)):
        if each.arn not in names:
            names[each.arn] = next(name for name in _candidates(each) if name not in used)
            used.add(names[each.arn])
    return names


def _candidates(found: DiscoveredCluster) -> Iterator[str]:
    yield found.name
    yield f"{found.name}@{found.region}"
    longest = f"{found.name}@{found.account}:{found.region}"
    yield longest
    number = 2
    while True:
        yield f"{longest}-{number}"
        number += 1


def _is_written(found: DiscoveredCluster, written: Fleet) -> bool:
    """Whether the fleet file lists this cluster."""
    for entry in written.entries:
        access = entry.access
        if isinstance(access, EksAccess) and (access.cluster, access.region) == (
            found.name,
            found.region,
        ):
            account = _ACCOUNT.match(access.role_arn or "")
            if access.role_arn == found.role_arn or (account and account[1] == found.account):
                return True
    return False


def _cluster(found: DiscoveredCluster, name: str, rule: DiscoverRule, written: Fleet) -> Cluster:
    """The cluster as assigned by its tags (_UnassignableError: it cannot be)."""
    tags = {key: value.split() for key, value in (found.tags or {}).items()}
    if found.tags is None:
        why = f" ({found.error_title}: {found.error_message})" if found.error_title else ""
        raise _UnassignableError(f"its tags are unknown{why}")
    wanted = [rule.dashboard_tag, rule.environment_tag]
    missing = [f"'{tag}'" for tag in wanted if not tags.get(tag)]
    if missing:
        verb = "tags {} are" if len(missing) > 1 else "tag {} is"
        raise _UnassignableError(f"{verb.format(' and '.join(missing))} missing")
    dashboards = tuple(dict.fromkeys(tags[rule.dashboard_tag]))
    for key in dashboards:
        if key not in written.rules.dashboards:
            raise _no_such(rule.dashboard_tag, key, "a dashboard", written.rules.dashboards)
    environments = _environments(found, rule, dashboards, written)
    namespaces = tags.get(rule.namespaces_tag or "")
    for namespace in namespaces or ():
        if not NAMESPACE.fullmatch(namespace):
            tag = f"{rule.namespaces_tag}={quoted(namespace)}"
            raise _UnassignableError(f"tag {tag} is not a namespace name")
    return Cluster(
        name, dashboards, environments, tuple(namespaces) if namespaces else None, found.region
    )


def _environments(
    found: DiscoveredCluster, rule: DiscoverRule, dashboards: Sequence[str], written: Fleet
) -> dict[str, tuple[str, ...]]:
    """The environments with namespace patterns that a cluster's environment tag means."""
    value = " ".join((found.tags or {})[rule.environment_tag].split())
    meant = rule.environments.get(value, {value: ("*",)})
    held = {
        key: [environment.name for environment in written.rules.dashboards[key].environments]
        for key in dashboards
    }
    for key, names in held.items():
        if not any(name in names for name in meant):
            what = f"an environment of dashboard {key}"
            raise _no_such(rule.environment_tag, value, what, [*names, *rule.environments])
    return {
        name: tuple(patterns)
        for name, patterns in meant.items()
        if any(name in names for names in held.values())
    }


def _no_such(tag: str, value: str, what: str, known: Iterable[str]) -> _UnassignableError:
    words = list(dict.fromkeys(known))
    expected = f"expected {one_of(words)}{did_you_mean(value, words)}"
    return _UnassignableError(f"tag {tag}={quoted(value)} is not {what}; {expected}")


def _remedy(found: DiscoveredCluster, rule: DiscoverRule) -> str:
    if found.tags is None and found.error_remedy:
        return found.error_remedy
    tags = f"{rule.dashboard_tag} and {rule.environment_tag}"
    return (
        f"add the tags {tags} (aws eks tag-resource --region {found.region} --resource-arn"
        f" {found.arn}), or list the cluster under clusters in the fleet file"
    )
