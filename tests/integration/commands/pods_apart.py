"""Objects of one namespace in which images run that no pod template has."""

from typing import Any

from tests.integration.collectors.kubernetes_objects import (
    Json,
    deployment,
    deployment_pod,
    meta,
    owned,
    pod,
)

NAMESPACE = "apart"


def objects() -> list[Json]:
    """A Deployment, and pods with an image each, named after how it comes to run."""
    web = deployment("web", "apart/web:1", namespace=NAMESPACE)
    web["spec"]["selector"]["matchLabels"] = {"app": "web"}
    return [
        {**web, "kind": "Deployment"},
        _web_pod(),
        *_blank_image(),
        {**_bare_pod("by-hand", "apart/bare:1"), "kind": "Pod"},
        _static_pod("node-1"),
        _static_pod("node-2"),
        _job_pod("import-1", "apart/job:1", phase="Running"),
        _job_pod("import-0", "apart/finished:1", phase="Succeeded"),
        _workflow_pod(),
        _unpulled_pod(),
        _terminating_pod(),
        *_cron_job(),
    ]


def _web_pod() -> Json:
    """With ephemeral containers, one of which has ended, an image volume, and other volumes."""
    labels = {"app": "web", "pod-template-hash": "h1"}
    made = deployment_pod("web", "h1", "apart/web:1", namespace=NAMESPACE, labels=labels)
    made["spec"] |= {
        "ephemeralContainers": [
            {"name": "debugger", "image": "apart/debug:1", "targetContainerName": "api"},
            {"name": "ended", "image": "apart/ended:1"},
        ],
        "volumes": [
            {"name": "token", "projected": {"sources": []}},
            {"name": "disk", "rbd": {"image": "apart/disk:1", "monitors": []}},
            {"name": "model", "image": {"reference": "apart/volume:1", "pullPolicy": "Always"}},
        ],
    }
    made["status"]["ephemeralContainerStatuses"] = [
        {"name": "debugger", "imageID": f"apart/debug@sha256:{'d' * 64}", "state": {"running": {}}},
        {"name": "ended", "imageID": "", "state": {"terminated": {"exitCode": 0}}},
    ]
    return {**made, "kind": "Pod"}


def _blank_image() -> list[Json]:
    """A Deployment whose template names no image, beside a container that has one."""
    labels = {"app": "blank"}
    made = deployment("blank", " ", namespace=NAMESPACE, labels=labels)
    made["spec"]["selector"]["matchLabels"] = labels
    made["spec"]["template"]["metadata"]["labels"] = labels
    made["spec"]["template"]["spec"]["containers"].append({"name": "log", "image": "apart/log:1"})
    filled = deployment_pod("blank", "h1", "apart/filled:1", namespace=NAMESPACE, labels=labels)
    return [{**made, "kind": "Deployment"}, {**filled, "kind": "Pod"}]


def _bare_pod(name: str, image: str, **more: Any) -> Json:
    made = pod(name, ("", ""), image, namespace=NAMESPACE, **more)
    del made["metadata"]["ownerReferences"]
    return made


def _static_pod(node: str) -> Json:
    made = _bare_pod(f"proxy-{node}", "apart/static:1")
    owner = owned("Node", node)
    owner[0]["apiVersion"] = "v1"
    made["metadata"]["ownerReferences"] = owner
    return {**made, "kind": "Pod"}


def _job_pod(job: str, image: str, *, phase: str) -> Json:
    made = pod(f"{job}-x", ("Job", job), image, namespace=NAMESPACE, status={"phase": phase})
    return {**made, "kind": "Pod"}


def _workflow_pod() -> Json:
    made = pod("build-7", ("Workflow", "build"), "apart/workflow:1", namespace=NAMESPACE)
    made["metadata"]["ownerReferences"][0]["apiVersion"] = "argoproj.io/v1alpha1"
    return {**made, "kind": "Pod"}


def _unpulled_pod() -> Json:
    waiting = {"name": "api", "state": {"waiting": {"reason": "ImagePullBackOff"}}}
    status = {"phase": "Pending", "containerStatuses": [waiting]}
    return {**_bare_pod("unpulled", "apart/unpulled:1", status=status), "kind": "Pod"}


def _terminating_pod() -> Json:
    more = {"deletionTimestamp": "2026-11-02T08:00:00Z"}
    return {**_bare_pod("terminating", "apart/terminating:1", **more), "kind": "Pod"}


def _cron_job() -> list[Json]:
    """A CronJob whose template is newer than the Job that still runs, beside a finished one."""
    spec = {"containers": [{"name": "api", "image": "apart/report:2"}]}
    cron_job = {
        "kind": "CronJob",
        "metadata": meta("report", namespace=NAMESPACE),
        "spec": {"jobTemplate": {"spec": {"template": {"spec": spec}}}},
    }
    found: list[Json] = [cron_job]
    for number, image, phase in (
        (1, "apart/report:0", "Succeeded"),
        (2, "apart/report:1", "Running"),
        (3, "apart/report:2", "Succeeded"),
    ):
        name = f"report-{number}"
        created = f"2026-11-0{number}T08:00:00Z"
        owner = owned("CronJob", "report")
        job = meta(name, namespace=NAMESPACE, ownerReferences=owner, creationTimestamp=created)
        found += [{"kind": "Job", "metadata": job}, _job_pod(name, image, phase=phase)]
    return found
