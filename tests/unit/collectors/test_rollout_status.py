"""How far a rollout is, as each controller's status says it."""

from typing import Any

import msgspec
import pytest

from reldash.collectors.kubernetes.rollout_status import (
    argo_status,
    cron_job_status,
    daemon_set_status,
    deployment_status,
    stateful_set_status,
)
from reldash.collectors.kubernetes.wire.argo_rollouts import ArgoRollout
from reldash.collectors.kubernetes.wire.workloads import CronJob, DaemonSet, Deployment, StatefulSet
from reldash.domain.workloads.observations import Progress

COMPLETE, PROGRESSING = Progress.COMPLETE, Progress.PROGRESSING
STUCK, HELD = Progress.STUCK, Progress.HELD
TEMPLATE = {"spec": {"containers": [{"name": "api", "image": "shop/api:1"}]}}
META = {
    "name": "api",
    "namespace": "shop",
    "uid": "u",
    "creationTimestamp": "2026-11-01T08:00:00Z",
    "generation": 3,
}


def made(kind: Any, spec: dict[str, Any], status: dict[str, Any]) -> Any:
    """The object as it is decoded, of generation 3."""
    return msgspec.convert(
        {
            "metadata": META,
            "spec": {"selector": {}, "template": TEMPLATE, **spec},
            "status": status,
        },
        kind,
    )


def progressing(reason: str, message: str = "") -> dict[str, Any]:
    """The conditions of a Deployment."""
    return {"conditions": [{"type": "Progressing", "reason": reason, "message": message}]}


def counts(replicas: int, updated: int, available: int) -> dict[str, int]:
    """A Deployment's status that its controller has brought up to date."""
    return {
        "observedGeneration": 3,
        "replicas": replicas,
        "updatedReplicas": updated,
        "availableReplicas": available,
    }


@pytest.mark.parametrize(
    ("spec", "status", "progress", "words"),
    [
        pytest.param({"replicas": 3}, counts(3, 3, 3), COMPLETE, "", id="all there"),
        pytest.param({"replicas": 0}, counts(0, 0, 0), COMPLETE, "", id="scaled to zero"),
        pytest.param({}, counts(1, 1, 1), COMPLETE, "", id="replicas left out mean one"),
        pytest.param({}, counts(0, 0, 0), PROGRESSING, "0 of 1 updated", id="none yet"),
        pytest.param(
            {"replicas": 3},
            counts(3, 3, 3) | {"observedGeneration": 2},
            PROGRESSING,
            "the controller has not seen the new spec yet",
            id="not seen yet",
        ),
        pytest.param(
            {"replicas": 3}, counts(3, 1, 3), PROGRESSING, "1 of 3 updated, 2 old left", id="going"
        ),
        pytest.param(
            {"replicas": 3}, counts(4, 3, 3), PROGRESSING, "3 of 3 updated, 1 old left", id="old"
        ),
        pytest.param(
            {"replicas": 3}, counts(3, 3, 2), PROGRESSING, "2 of 3 updated available", id="starting"
        ),
        pytest.param(
            {"replicas": 3},
            counts(3, 3, 2) | progressing("NewReplicaSetAvailable"),
            COMPLETE,
            "2 of 3 updated available",
            id="a pod crashed after the rollout was done",
        ),
        pytest.param(
            {"replicas": 3},
            counts(3, 1, 2) | progressing("ProgressDeadlineExceeded", "timed out"),
            STUCK,
            "timed out",
            id="deadline exceeded",
        ),
        pytest.param(
            {"replicas": 3},
            counts(3, 1, 2) | progressing("ProgressDeadlineExceeded") | {"observedGeneration": 2},
            PROGRESSING,
            "the controller has not seen the new spec yet",
            id="deadline of the rollout before",
        ),
        pytest.param(
            {"replicas": 3, "paused": True},
            counts(3, 1, 3),
            HELD,
            "paused: 1 of 3 updated, 2 old left",
            id="paused between",
        ),
        pytest.param(
            {"replicas": 3, "paused": True}, counts(3, 3, 3), COMPLETE, "", id="paused when done"
        ),
    ],
)
def test_deployment(
    spec: dict[str, Any], status: dict[str, Any], progress: Progress, words: str
) -> None:
    found = deployment_status(made(Deployment, spec, status))
    assert (found.progress, found.message) == (progress, words)


def revisions(updated: int, *, done: bool = False, replicas: int = 3) -> dict[str, Any]:
    """A StatefulSet's status that its controller has brought up to date."""
    return {
        "observedGeneration": 3,
        "replicas": replicas,
        "updatedReplicas": updated,
        "readyReplicas": 1,
        "currentRevision": "b" if done else "a",
        "updateRevision": "b",
    }


def strategy(kind: str, partition: int | None = None) -> dict[str, Any]:
    """A StatefulSet of three with that update strategy."""
    rolling = {"partition": partition} if partition is not None else None
    return {"replicas": 3, "updateStrategy": {"type": kind, "rollingUpdate": rolling}}


@pytest.mark.parametrize(
    ("spec", "status", "progress", "words"),
    [
        pytest.param(
            strategy("RollingUpdate"), revisions(3, done=True), COMPLETE, "", id="done, not ready"
        ),
        pytest.param(
            strategy("RollingUpdate"), revisions(1), PROGRESSING, "1 of 3 updated", id="going"
        ),
        pytest.param(
            strategy("RollingUpdate", 0), revisions(2), PROGRESSING, "2 of 3 updated", id="zero"
        ),
        pytest.param(
            strategy("RollingUpdate", 2),
            revisions(1),
            HELD,
            "partition 2: 1 of 3 updated",
            id="held",
        ),
        pytest.param(
            strategy("RollingUpdate", 2), revisions(0), PROGRESSING, "0 of 3 updated", id="above"
        ),
        pytest.param(
            strategy("RollingUpdate", 9),
            revisions(0),
            HELD,
            "partition 9: 0 of 3 updated",
            id="all",
        ),
        pytest.param(
            strategy("RollingUpdate", 2), revisions(3, done=True), COMPLETE, "", id="same revision"
        ),
        pytest.param(
            strategy("OnDelete"), revisions(1), HELD, "OnDelete: 1 of 3 updated", id="on delete"
        ),
        pytest.param(strategy("OnDelete"), revisions(3), COMPLETE, "", id="on delete, done"),
        pytest.param(
            strategy("RollingUpdate"),
            revisions(1, done=True, replicas=1),
            PROGRESSING,
            "1 of 3 created",
            id="growing",
        ),
        pytest.param(
            strategy("RollingUpdate"),
            revisions(3) | {"observedGeneration": 0},
            PROGRESSING,
            "the controller has not seen the new spec yet",
            id="not seen yet",
        ),
    ],
)
def test_stateful_set(
    spec: dict[str, Any], status: dict[str, Any], progress: Progress, words: str
) -> None:
    found = stateful_set_status(made(StatefulSet, spec, status))
    assert (found.progress, found.message) == (progress, words)


@pytest.mark.parametrize(
    ("kind", "observed", "updated", "progress", "words"),
    [
        ("RollingUpdate", 3, 4, COMPLETE, ""),
        ("RollingUpdate", 3, 2, PROGRESSING, "2 of 4 updated"),
        ("RollingUpdate", 2, 4, PROGRESSING, "the controller has not seen the new spec yet"),
        ("OnDelete", 3, 2, HELD, "OnDelete: 2 of 4 updated"),
        ("OnDelete", 3, 4, COMPLETE, ""),
    ],
)
def test_daemon_set(kind: str, observed: int, updated: int, progress: Progress, words: str) -> None:
    status = {
        "observedGeneration": observed,
        "desiredNumberScheduled": 4,
        "updatedNumberScheduled": updated,
    }
    found = daemon_set_status(made(DaemonSet, {"updateStrategy": {"type": kind}}, status))
    assert (found.progress, found.message) == (progress, words)


@pytest.mark.parametrize(("suspend", "words"), [(True, "suspended"), (False, ""), (None, "")])
def test_a_cron_job_is_never_under_way(suspend: bool | None, words: str) -> None:
    spec = {"suspend": suspend, "jobTemplate": {"spec": {"template": TEMPLATE}}}
    found = cron_job_status(made(CronJob, spec, {}))
    assert (found.progress, found.message) == (COMPLETE, words)


@pytest.mark.parametrize(
    ("spec", "status", "progress", "words"),
    [
        pytest.param({}, {"phase": "Healthy"}, COMPLETE, "", id="healthy"),
        pytest.param(
            {},
            {"phase": "Progressing", "message": "more replicas need to be updated"},
            PROGRESSING,
            "more replicas need to be updated",
            id="progressing",
        ),
        pytest.param(
            {},
            {"phase": "Paused", "message": "CanaryPauseStep"},
            HELD,
            "CanaryPauseStep",
            id="paused at a step",
        ),
        pytest.param({"paused": True}, {"phase": "Healthy"}, HELD, "paused", id="paused by hand"),
        pytest.param(
            {},
            {"phase": "Degraded", "message": "ProgressDeadlineExceeded"},
            STUCK,
            "ProgressDeadlineExceeded",
            id="degraded",
        ),
        pytest.param({}, {"phase": "Healthy", "abort": True}, STUCK, "aborted", id="aborted"),
        pytest.param(
            {},
            {"phase": "Healthy", "observedGeneration": "2"},
            PROGRESSING,
            "the controller has not seen the new spec yet",
            id="not seen yet",
        ),
        pytest.param(
            {}, {"phase": "Healthy", "observedGeneration": "7c8b9"}, COMPLETE, "", id="a hash"
        ),
        pytest.param(
            {},
            {"replicas": 3, "updatedReplicas": 1},
            PROGRESSING,
            "1 of 3 updated",
            id="a release that tells no phase",
        ),
    ],
)
def test_argo_rollout(
    spec: dict[str, Any], status: dict[str, Any], progress: Progress, words: str
) -> None:
    found = argo_status(made(ArgoRollout, spec, {"observedGeneration": "3", **status}))
    assert (found.progress, found.message) == (progress, words)
