"""Which found clusters belong to the fleet, and under which name: tags, rules, the fleet file."""

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
    """A found cluster that has no place in the fleet.

    Attributes:
        reason: why, such as "tag 'environment' is missing".
        mend: one line: what to do about it.
    """

    found: DiscoveredCluster
    reason: str
    mend: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """The fleet with what was found.

    Attributes:
        fleet: the clusters of the file, then those found and assigned, by rule, region and name.
        assigned: by name, as what each of the latter was found.
        unassigned: what was found besides, in the same order.
    """

    fleet: Fleet
    assigned: Mapping[str, DiscoveredCluster]
    unassigned: tuple[Unassigned, ...]


class _NoPlaceError(Exception):
    """Tags give a cluster no place; says why."""


def assign(written: Fleet, found: Sequence[DiscoveredCluster]) -> Assignment:
    """Give every found cluster that is not gone its place by the rules of the fleet file.

    Clusters that the file names itself stay as it says. What several roles find counts once, for
    the first of them whose rule gives it a place.

    Args:
        written: what the fleet file says.
        found: all clusters ever found: those that are gone keep their names, so that histories
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
        except _NoPlaceError as reason:
            unassigned.setdefault(each.arn, Unassigned(each, str(reason), _mend(each, rule)))
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
    """A name of its own for each ARN: who was found first has the shortest, for ever."""
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
    """Whether the fleet file names this very cluster itself."""
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
    """The place that tags give a cluster; raises _NoPlaceError where they give none."""
    tags = {key: value.split() for key, value in (found.tags or {}).items()}
    if found.tags is None:
        why = f" ({found.error_title}: {found.error_message})" if found.error_title else ""
        raise _NoPlaceError(f"its tags are not known{why}")
    wanted = [rule.dashboard_tag, rule.environment_tag]
    missing = [f"'{tag}'" for tag in wanted if not tags.get(tag)]
    if missing:
        verb = "tags {} are" if len(missing) > 1 else "tag {} is"
        raise _NoPlaceError(f"{verb.format(' and '.join(missing))} missing")
    dashboards = tuple(dict.fromkeys(tags[rule.dashboard_tag]))
    for key in dashboards:
        if key not in written.rules.dashboards:
            raise _no_such(rule.dashboard_tag, key, "a dashboard", written.rules.dashboards)
    environments = _environments(found, rule, dashboards, written)
    namespaces = tags.get(rule.namespaces_tag or "")
    for namespace in namespaces or ():
        if not NAMESPACE.fullmatch(namespace):
            said = f"{rule.namespaces_tag}={quoted(namespace)}"
            raise _NoPlaceError(f"tag {said} is no namespace's name")
    return Cluster(name, dashboards, environments, tuple(namespaces) if namespaces else None)


def _environments(
    found: DiscoveredCluster, rule: DiscoverRule, dashboards: Sequence[str], written: Fleet
) -> dict[str, tuple[str, ...]]:
    """What a cluster's environment tag means: environments with namespace patterns."""
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


def _no_such(tag: str, value: str, what: str, known: Iterable[str]) -> _NoPlaceError:
    words = list(dict.fromkeys(known))
    expected = f"expected {one_of(words)}{did_you_mean(value, words)}"
    negated = what.replace("an ", "no ", 1) if what.startswith("an ") else f"no {what[2:]}"
    return _NoPlaceError(f"tag {tag}={quoted(value)} is {negated}; {expected}")


def _mend(found: DiscoveredCluster, rule: DiscoverRule) -> str:
    if found.tags is None and found.error_mend:
        return found.error_mend
    tags = f"{rule.dashboard_tag} and {rule.environment_tag}"
    return (
        f"give it the tags {tags} (aws eks tag-resource --region {found.region} --resource-arn"
        f" {found.arn}), or name it under clusters in the fleet file"
    )
