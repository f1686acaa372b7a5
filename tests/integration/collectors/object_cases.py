"""Cases from public bug reports: Kubernetes objects in dev, stg and prod, and the right answer.

`tests/data/cases/objects.tsv` names them; the objects of each stand in `inputs/ID.json`, by
environment, in a namespace named like the case. `neighbours` makes more of them: other names, and
other kinds of workload.
"""

import csv
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from tests.integration.collectors.kubernetes_objects import Json

DATA: Final = Path(__file__).parents[2] / "data" / "cases"
Convert = Callable[[Json, str], tuple[Json, Json, str]]


@dataclass(frozen=True, slots=True)
class ObjectCase:
    """A case.

    Attributes:
        key: its id, which is its namespace, too.
        what: its title.
        version: that prod shows; "" for any.
        standing: of prod to stg, as a word of `STANDINGS`; any of these is right.
        flags: that prod has, or with "!" has not.
        objects: by environment.
    """

    key: str
    what: str
    version: str
    standing: tuple[str, ...]
    flags: tuple[str, ...]
    objects: dict[str, list[Json]]


def object_cases() -> Iterator[ObjectCase]:
    """The cases of the file, in its order."""
    with (DATA / "objects.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            text = (DATA / "inputs" / f"{row['id']}.json").read_text(encoding="utf-8")
            yield ObjectCase(
                key=row["id"],
                what=f"{row['id']} {row['what']}",
                version=row["version in prod"],
                standing=tuple(row["prod against stg"].split("|")),
                flags=tuple(row["flags"].split()),
                objects=json.loads(text),
            )


def neighbours(case: ObjectCase) -> Iterator[ObjectCase]:
    """The same case under other names and, of a single Deployment, in other kinds of workload."""
    yield _renamed(case, "billing")
    kinds = {each["kind"] for objects in case.objects.values() for each in objects}
    deployments = [
        sum(each["kind"] == "Deployment" for each in objects) for objects in case.objects.values()
    ]
    if kinds <= {"Deployment", "Pod"} and max(deployments) == 1:
        for kind, convert in (("StatefulSet", _stateful_set), ("DaemonSet", _daemon_set)):
            renamed = _renamed(case, kind.lower())
            objects = {name: _as(convert, each) for name, each in renamed.objects.items()}
            yield replace(renamed, what=f"{case.what}, as a {kind}", objects=objects)


def _renamed(case: ObjectCase, word: str) -> ObjectCase:
    """Other names and other uids; digests stay as they are."""
    key = f"{word}-{case.key}"
    text = re.sub(rf"\b{case.key}\b", key, json.dumps(case.objects))
    text = re.sub(r'("uid": ")', rf"\g<1>{word}-", text)
    return replace(case, key=key, what=f"{case.what}, called {key}", objects=json.loads(text))


def _as(convert: Convert, objects: list[Json]) -> list[Json]:
    """A Deployment and its pods as another kind of workload and its pods."""
    (deployment,) = (each for each in objects if each["kind"] == "Deployment")
    found: list[Json] = []
    for each in objects:
        if each["kind"] != "Pod":
            continue
        template_hash = each["metadata"]["labels"]["pod-template-hash"]
        workload, labels, kind = convert(deployment, template_hash)
        found = found or [workload]
        metadata = each["metadata"]
        owner = {
            "apiVersion": "apps/v1",
            "kind": kind,
            "name": workload["metadata"]["name"],
            "uid": workload["metadata"]["uid"],
            "controller": True,
        }
        own = {k: v for k, v in metadata["labels"].items() if k != "pod-template-hash"}
        metadata = {**metadata, "labels": {**own, **labels}, "ownerReferences": [owner]}
        found.append({**each, "metadata": metadata})
    return found or [convert(deployment, "none")[0]]


def _stateful_set(deployment: Json, template_hash: str) -> tuple[Json, Json, str]:
    name = deployment["metadata"]["name"]
    revision = f"{name}-{template_hash}"
    replicas = deployment["spec"]["replicas"]
    status = {
        "observedGeneration": 1,
        "currentRevision": revision,
        "updateRevision": revision,
        **dict.fromkeys(("replicas", "readyReplicas", "currentReplicas"), replicas),
        **dict.fromkeys(("updatedReplicas", "availableReplicas"), replicas),
    }
    changed: dict[str, Any] = {"kind": "StatefulSet", "status": status}
    return {**deployment, **changed}, {"controller-revision-hash": revision}, "StatefulSet"


def _daemon_set(deployment: Json, template_hash: str) -> tuple[Json, Json, str]:
    replicas = deployment["spec"]["replicas"]
    counts = ("desiredNumberScheduled", "currentNumberScheduled", "updatedNumberScheduled")
    status = {
        "observedGeneration": 1,
        **dict.fromkeys((*counts, "numberReady", "numberAvailable"), replicas),
    }
    spec = {key: value for key, value in deployment["spec"].items() if key != "replicas"}
    metadata = deployment["metadata"]
    annotations = {**metadata["annotations"], "deprecated.daemonset.template.generation": "1"}
    changed: dict[str, Any] = {
        "kind": "DaemonSet",
        "metadata": {**metadata, "annotations": annotations},
        "spec": spec,
        "status": status,
    }
    labels = {"controller-revision-hash": template_hash, "pod-template-generation": "1"}
    return {**deployment, **changed}, labels, "DaemonSet"
