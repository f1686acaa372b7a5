"""Reading 2,000 images in 100 repositories of ECR: calls and CPU seconds, cold and again.

Ours is the collector's work, database included, compared with boto3 as its documentation shows:
one `describe_images` per image. Only this process's CPU time is counted.
"""

import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import urllib3

from reldash.config import Settings, load_fleet
from reldash.domain.workloads.observations import ContainerRole, Observation, Running, WorkloadKind
from reldash.domain.workloads.reads import ClusterRead
from reldash.services.context import Context
from reldash.services.registries.read import REGISTRIES, read_registries
from reldash.store import Lease, Store
from reldash.store.embedded import embedded_postgres

REPOSITORIES, IMAGES = 100, 20  # images of each
GOAL_CALLS = 1.3  # per repository and 100 images
GOAL_CPU = 4  # times less CPU than one call per image
HOST = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
FLEET = """
environments: [prod]
dashboards: {platform: {environments: [prod]}}
clusters:
  - {name: prod, dashboard: platform, environment: prod, eks: {cluster: prod, region: eu-west-1}}
"""


def main() -> None:
    """Print the figures; exit with 1 if a goal is missed."""
    print(f"registries: {REPOSITORIES * IMAGES} images in {REPOSITORIES} repositories")
    with tempfile.TemporaryDirectory() as folder, served() as url:
        with opened(Path(folder)) as (contexts, lease):
            cold_calls, cold = measured(url, lambda: read_registries(contexts[0], lease))
            again_calls, again = measured(url, lambda: read_registries(contexts[1], lease))
            images_read = len(contexts[0].store.registries.load_rows()[0])
        their_calls, theirs = measured(url, image_by_image)
    ratio = theirs / cold
    print(f"  cold: {cold_calls} calls, {cold:.2f} s CPU; {images_read} images read")
    print(f"  again within the time to live: {again_calls} calls, {1000 * again:.0f} ms CPU")
    print(f"  boto3, image by image: {their_calls} calls, {theirs:.2f} s CPU: 1 to {ratio:.0f}")
    good = (
        cold_calls <= GOAL_CALLS * REPOSITORIES
        and again_calls == 0
        and images_read == REPOSITORIES * IMAGES
        and ratio >= GOAL_CPU
    )
    print(
        f"  goal: {GOAL_CALLS} calls a repository, none again, 1 to {GOAL_CPU}:"
        f" {'met' if good else 'MISSED'}"
    )
    if not good:
        sys.exit(1)


def measured(url: str, work: Callable[[], None]) -> tuple[int, float]:
    """Run the work; returns its calls and the CPU seconds of this process."""
    gc.collect()
    before, began = calls(url), time.process_time()
    work()
    return calls(url) - before, time.process_time() - began


def calls(url: str) -> int:
    """Return the number of calls that the server has counted."""
    return int(urllib3.request("GET", url).json()["calls"])


def tag_of(repository: int, image: int) -> str:
    """Return a tag of eight digits, with which the image's digest ends, too."""
    return f"{repository * IMAGES + image:0>8}"


def image_by_image() -> None:
    """Call `describe_images` for each image, as boto3's documentation shows."""
    client = boto3.client("ecr", "eu-west-1")
    for repository in range(REPOSITORIES):
        for image in range(IMAGES):
            client.describe_images(
                registryId=HOST.partition(".")[0],
                repositoryName=f"team/app-{repository}",
                imageIds=[{"imageTag": tag_of(repository, image)}],
            )


@contextmanager
def served() -> Iterator[str]:
    """Run the server and point boto3 to it by environment variables; yields its URL."""
    script = Path(__file__).with_name("_ecr_server.py")
    process = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own script
    try:
        assert process.stdout is not None  # noqa: S101 - for the types: it is a pipe
        url = f"http://127.0.0.1:{int(process.stdout.readline())}"
        os.environ.update(  # noqa: TID251 - boto3's settings, not ours
            AWS_ENDPOINT_URL=url,
            AWS_ACCESS_KEY_ID="benchmark",
            AWS_SECRET_ACCESS_KEY="benchmark",  # noqa: S106 - nobody's
            AWS_EC2_METADATA_DISABLED="true",
        )
        yield url
    finally:
        process.terminate()
        process.wait()


@contextmanager
def opened(folder: Path) -> Iterator[tuple[tuple[Context, Context], Lease]]:
    """Create a fleet whose one cluster runs all the images, as seen by two processes."""
    fleet = folder / "fleet.yaml"
    fleet.write_text(FLEET)
    with embedded_postgres(folder / "data", fsync=False) as server:
        context, other = (
            Context(Settings(fleet=fleet), load_fleet(fleet), Store.open(server.url))
            for _ in range(2)
        )
        now, time_enough = datetime.now(UTC), timedelta(minutes=10)
        lease = context.store.leases.acquire("prod", "benchmark", time_enough)
        registries = context.store.leases.acquire(REGISTRIES, "benchmark", time_enough)
        assert lease is not None  # noqa: S101 - nobody else is there
        assert registries is not None  # noqa: S101 - nobody else is there
        seen = tuple(
            observation(repository, image, now)
            for repository in range(REPOSITORIES)
            for image in range(IMAGES)
        )
        read = ClusterRead("prod", now, now, seen)
        context.store.clusters.record(read, lease)
        yield (context, other), registries
        for each in (context, other):
            each.store.close()


def observation(repository: int, image: int, now: datetime) -> Observation:
    """Build the observation of a Deployment that runs its own image."""
    tag = tag_of(repository, image)
    name = f"{HOST}/team/app-{repository}"
    run = Running(f"{name}:{tag}", f"{name}@sha256:{tag:0>64}", "r1", True, 2, 2)
    return Observation(
        cluster="prod",
        namespace="team",
        kind=WorkloadKind.DEPLOYMENT,
        workload=f"app-{tag}",
        container="app",
        role=ContainerRole.MAIN,
        uid=tag,
        image=f"{name}:{tag}",
        observed_at=now,
        created_at=now,
        running=(run,),
    )
