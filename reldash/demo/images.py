"""Image references and digests, and pushes to the company's registry."""

from datetime import datetime, timedelta
from typing import Final

from reldash.demo.catalogue import ImagePinning, Service
from reldash.demo.manifests import manifest_of
from reldash.demo.push_log import PushLog
from reldash.demo.scenario_parts import Scenario
from reldash.demo.topology import PLATFORM_ACCOUNT
from reldash.demo.workload_changes import PUSHED_AGAIN

_PULLED_THROUGH: Final = ("docker.io/", "docker-hub/")  # as pull-through rules are usually named


def image_of(
    service: Service, tag: str, build: str, region: str, *, through: bool = False
) -> tuple[str, str]:
    """Return a build's reference for the pod template, and its image id as a kubelet reports it.

    A build has one digest in all registries. `through`: the company's registry as a pull-through
    cache of another.
    """
    repository = service.image_repository
    digest = manifest_of(repository, build).digest
    if through:
        repository = repository.replace(*_PULLED_THROUGH)
    if not repository.startswith("docker.io/"):
        repository = f"{PLATFORM_ACCOUNT}.dkr.ecr.{region}.amazonaws.com/{repository}"
    reference = {
        ImagePinning.TAG: f"{repository}:{tag}",
        ImagePinning.DIGEST: f"{repository}@{digest}",
        ImagePinning.BOTH: f"{repository}:{tag}@{digest}",
    }[service.pin]
    return reference, f"{repository}@{digest}"


def publish_build(registry: PushLog, service: Service, tag: str, build: str, at: datetime) -> None:
    """Push a build to the company's registry; builds from Docker Hub are skipped."""
    repository = service.image_repository
    if not repository.startswith("docker.io/"):
        registry.push(repository, tag, manifest_of(repository, build), at)


def publish_scenario(registry: PushLog, scenario: Scenario, now: datetime) -> None:
    """Push a scenario's images some hours before they first ran, except the unpushed ones."""
    service = scenario.service
    pushed_days: dict[tuple[str, str], float] = {}
    pulled: dict[str, float] = {}
    for key, ran in scenario.ran.items():
        for step in ran:
            build = step.tag, step.build or step.tag
            pushed_days[build] = max(step.days, pushed_days.get(build, 0))
            if key in scenario.through:
                pulled[step.tag] = max(step.days, pulled.get(step.tag, 0))
    for (tag, commit), days in pushed_days.items():
        if tag not in scenario.unpushed:
            publish_build(registry, service, tag, commit, now - timedelta(days=days, hours=3))
    for tag, days in pulled.items():
        copy = service.image_repository.replace(*_PULLED_THROUGH)
        manifest = manifest_of(service.image_repository, tag)
        registry.push(copy, tag, manifest, now - timedelta(days=days, minutes=1))
    if scenario.pushed_again:
        at = now - timedelta(days=2, hours=1)
        publish_build(registry, service, scenario.pushed_again, PUSHED_AGAIN, at)
