"""Sentences on registries that could not be reached."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime

from reldash.domain.phrases import listed
from reldash.domain.registries.facts import RegistryFacts, RegistryRead


def unreached_words(facts: RegistryFacts, now: datetime) -> dict[str, str]:
    """A sentence for each registry of which the last read failed, at least for a repository.

    Such as "registry HOST not reached since 12:03 UTC (Not allowed by AWS)"; it names the
    repositories where others of the registry were reached. The date is left out if it is `now`'s.
    """
    repositories: dict[str, list[str]] = defaultdict(list)
    for registry, repository in facts.reads:
        repositories[registry].append(repository)
    found = {}
    for registry, attempted in repositories.items():
        named = sorted(name for name in attempted if name)
        failed = {
            name: read
            for name in named or [""]
            if (read := facts.unreached(f"{registry}/{name}")) is not None
        }
        if failed:
            part = sorted(failed) if len(failed) < len(named) else []
            found[registry] = _words(registry, part, list(failed.values()), now)
    return found


def unchecked_words(images: Iterable[str], facts: RegistryFacts) -> str:
    """Why `tag_moved` could not be evaluated: the registry of an image has never answered.

    "" if each has, or none failed. `images` are names such as "registry/repository".
    """
    for name in images:
        read = facts.unreached(name)
        if read is not None and read.reached_at is None:
            return (
                f"registry {read.registry} could not be reached ({read.title}), so tag_moved could"
                " not be evaluated"
            )
    return ""


def _words(registry: str, part: list[str], failed: list[RegistryRead], now: datetime) -> str:
    subject = f"{listed(part)} of registry {registry}" if part else f"registry {registry}"
    title = max(failed, key=lambda read: (read.attempted_at, read.repository)).title
    reached = [read.reached_at for read in failed if read.reached_at is not None]
    if not reached:
        return f"{subject} never reached ({title})"
    # Of a whole registry the latest answer counts; of repositories that each stand alone, the
    # one that has waited longest.
    since = (min(reached) if part else max(reached)).astimezone(UTC)
    day = "" if since.date() == now.astimezone(UTC).date() else f"{since:%Y-%m-%d} "
    return f"{subject} not reached since {day}{since:%H:%M} UTC ({title})"
