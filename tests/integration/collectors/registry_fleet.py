"""A fleet with images in ECR, whose registries are read as by a collector."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from reldash.config import Settings, load_fleet
from reldash.domain.registries.facts import ImageFacts, RegistryFacts
from reldash.domain.workloads.observations import Observation
from reldash.services.collecting.collector import Collector
from reldash.services.collecting.jobs import list_jobs
from reldash.services.context import Context
from reldash.services.past.snapshots import load_snapshot
from reldash.services.registries.read import REGISTRIES
from reldash.store import Store
from tests.integration.collectors.ecr_images import registry_of
from tests.integration.store.reads import read_of
from tests.unit.builders import observation, running

FLEET = """
environments: [dev, prod]
dashboards: {platform: {environments: [dev, prod]}}
clusters:
  - {name: dev, dashboard: platform, environment: dev, eks: {cluster: dev, region: eu-west-1}}
  - name: prod
    dashboard: platform
    environment: prod
    eks: {cluster: prod, region: eu-west-1, role_arn: "arn:aws:iam::222222222222:role/reader",
          external_id: ours}
"""


class LaterContext(Context):
    """A context whose clock can be put forward."""

    ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class RegistryFleet:
    """A context, with what a test does to it."""

    context: LaterContext

    @classmethod
    def open(cls, folder: Path, url: str, text: str = FLEET) -> "RegistryFleet":
        path = folder / "fleet.yaml"
        path.write_text(text)
        return cls(LaterContext(Settings(fleet=path), load_fleet(path), Store.open(url)))

    def record(self, *observations: Observation) -> None:
        """Let the clusters run this, as if they had been read."""
        for name in {each.cluster for each in observations}:
            lease = self.context.store.leases.acquire(name, "tests", timedelta(minutes=1))
            assert lease is not None
            seen = [each for each in observations if each.cluster == name]
            self.context.store.clusters.record(
                replace(read_of(*seen, at=datetime.now(UTC)), cluster=name), lease
            )
            self.context.store.leases.release(lease)

    def read(self) -> None:
        """Read registries, as a collector does."""
        jobs = [job for job in list_jobs(self.context) if job.name == REGISTRIES]
        Collector(self.context).work(jobs)

    def pass_time(self, time: timedelta) -> None:
        """Put the clock forward."""
        self.context.ahead += time

    @property
    def facts(self) -> RegistryFacts:
        """What a page is told now."""
        self.context.store.cache_key.move_epoch()
        return load_snapshot(self.context).facts

    @property
    def images(self) -> dict[str, ImageFacts]:
        """What the database holds, by digest."""
        return {image.digest: image for image in self.context.store.registries.load_rows()[0]}


def runs(
    repository: str, tag: str, digest: str, cluster: str = "dev", host: str | None = None
) -> Observation:
    """A workload named like the repository and the tag that runs an image of ECR."""
    name = f"{host or registry_of().host}/{repository}"
    reference = f"{name}:{tag}"
    return observation(
        cluster,
        image=reference,
        service=repository.rpartition("/")[2],
        workload=f"{repository.replace('/', '-')}-{tag}",
        running=(running(reference, image_id=f"{name}@{digest}"),),
    )
