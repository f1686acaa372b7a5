"""Collecting 5 clusters of 2,000 Deployments: our CPU seconds against the official client's.

Both read the same lists (Deployments, and their pods for running images) from the same server over
HTTPS, and must return the same rows. The official client is used as its documentation
shows: `list_deployment_for_all_namespaces` and `list_pod_for_all_namespaces` with their defaults,
and their typed models. Only this process's CPU time is counted, so that other load on the machine
matters little. Deployments without pods are measured separately.
"""

import gc
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import trustme
from kubernetes.client import ApiClient, AppsV1Api, Configuration, CoreV1Api

from reldash.collectors.kubernetes.read_cluster import get_cluster
from reldash.config import ClusterEntry, ServerAccess
from reldash.domain.fleet.rules import Cluster, CollectRules
from reldash.domain.workloads.observations import ContainerRole
from reldash.domain.workloads.reads import ClusterRead

CLUSTERS = 5
DEPLOYMENTS = 2000
GOAL = 20  # times less CPU than the official client
ROOT = Path(__file__).parent.parent
RECORDINGS = ROOT / "tests" / "data" / "recordings"

# cluster, namespace, workload, container, role, image, wanted, ready, (image id, pods) ...
Row = tuple[str, str, str, str, str, str, int, int, tuple[tuple[str, int], ...]]


def main() -> None:
    """Print the figures; exit with 1 if the rows differ or the goal is missed."""
    gc.collect()
    gc.freeze()  # as the server does before it collects; it spares both sides the same
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (url, ca_file):
        token = Path(folder) / "token"
        token.write_text("benchmark")
        access = ServerAccess(url, ca_file=ca_file, token_file=token)
        print(f"collect: {CLUSTERS} clusters of {DEPLOYMENTS} Deployments")
        compare("Deployments alone", access, pods=False)
        good = compare("Deployments and their pods", access, pods=True)
    print(f"  goal: 1 to {GOAL} with pods: {'met' if good else 'MISSED'}")
    if not good:
        sys.exit(1)


def compare(title: str, access: ServerAccess, *, pods: bool) -> bool:
    """Print one comparison; returns whether the rows are equal and the goal is met."""
    ours, our_seconds = measured(lambda: our_rows(access, pods=pods))
    theirs, their_seconds = measured(lambda: official_rows(access, pods=pods))
    ratio = their_seconds / our_seconds
    same = "identical" if ours == theirs else "DIFFERENT"
    print(f"  {title}: {len(ours)} rows, {same}")
    print(f"    CPU seconds {our_seconds:.2f}, official client {their_seconds:.2f}")
    print(f"    ratio 1 to {ratio:.1f}")
    return ours == theirs and ratio >= GOAL


def our_rows(access: ServerAccess, *, pods: bool) -> list[Row]:
    """Return the rows of all clusters as the collector reads them, sorted."""
    rules = CollectRules(timeout=timedelta(seconds=60), pods=pods)
    rows: list[Row] = []
    for number in range(CLUSTERS):
        cluster = Cluster(f"cluster-{number}", ("platform",), {"dev": ("*",)})
        read = get_cluster(ClusterEntry(cluster, access), rules, revisions=False)
        if not isinstance(read, ClusterRead):
            sys.exit(f"{read.title}: {read.message}")
        for o in read.observations:
            running = tuple(sorted((each.image_id, each.pods) for each in o.running or ()))
            place = (o.cluster, o.namespace, o.workload, o.container, o.role.value)
            rows.append((*place, o.image, o.wanted or 0, o.ready, running))
    return sorted(rows)


def official_rows(access: ServerAccess, *, pods: bool) -> list[Row]:
    """Return the rows of all clusters from the official client's typed models, sorted."""
    rows: list[Row] = []
    for number in range(CLUSTERS):
        configuration = Configuration()
        configuration.host, configuration.ssl_ca_cert = access.url, str(access.ca_file)
        configuration.api_key["BearerToken"] = f"Bearer {access.read_token()}"
        with ApiClient(configuration) as client:
            deployments: Any = AppsV1Api(client).list_deployment_for_all_namespaces()
            counted = official_pods(client) if pods else Counter[PodKey]()
        running: dict[tuple[str, str, str], list[tuple[str, int]]] = defaultdict(list)
        for (namespace, workload, container, image_id), count in counted.items():
            running[namespace, workload, container].append((image_id, count))
        for each in deployments.items:
            spec, meta = each.spec.template.spec, each.metadata
            roles = [(container, ContainerRole.MAIN) for container in spec.containers]
            for container in spec.init_containers or []:
                always = container.restart_policy == "Always"
                roles.append((container, ContainerRole.SIDECAR if always else ContainerRole.INIT))
            for container, role in roles:
                key = (meta.namespace, meta.name, container.name)
                ready = each.status.ready_replicas or 0
                rows.append(
                    (
                        f"cluster-{number}",
                        *key,
                        role.value,
                        container.image,
                        each.spec.replicas,
                        ready,
                        tuple(sorted(running[key])),
                    )
                )
    return sorted(rows)


PodKey = tuple[str, str, str, str]  # namespace, workload, container, image id


def official_pods(client: ApiClient) -> Counter[PodKey]:
    """Count pods by image and Deployment, which is taken from their ReplicaSet's name."""
    found: Any = CoreV1Api(client).list_pod_for_all_namespaces()
    counted: Counter[PodKey] = Counter()
    for pod in found.items:
        label = pod.metadata.labels["pod-template-hash"]
        workload = pod.metadata.owner_references[0].name.removesuffix(f"-{label}")
        for each in [*pod.status.container_statuses, *(pod.status.init_container_statuses or [])]:
            counted[pod.metadata.namespace, workload, each.name, each.image_id] += 1
    return counted


def measured(work: Callable[[], list[Row]]) -> tuple[list[Row], float]:
    """Run the work; returns its result and the CPU seconds of this process."""
    began = time.process_time()
    rows = work()
    return rows, time.process_time() - began


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, Path]]:
    """Run the server in its own process; yields its URL and its CA."""
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    chain, key, ca_file = folder / "chain.pem", folder / "key.pem", folder / "ca.crt"
    chain.write_bytes(b"".join(each.bytes() for each in certificate.cert_chain_pems))
    certificate.private_key_pem.write_to_path(str(key))
    authority.cert_pem.write_to_path(str(ca_file))
    script = Path(__file__).parent / "_api_server.py"
    process = subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, str(script), str(RECORDINGS), str(DEPLOYMENTS), str(chain), str(key)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        port = process.stdout.readline().strip() if process.stdout is not None else ""
        yield f"https://127.0.0.1:{port}", ca_file
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    main()
