"""Deployments, ReplicaSets, StatefulSets, DaemonSets and ControllerRevisions as JSON."""

from datetime import datetime

from reldash.demo.object_parts import (
    Json,
    condition,
    manage_fields,
    metadata,
    owner_reference,
    pod_template,
    workload_labels,
)
from reldash.demo.stable_ids import uid_of
from reldash.demo.workload import Hold, Kind, Pod, PodState, Template, Workload

_MANAGER = "kube-controller-manager"


def ready_of(pods: list[Pod]) -> int:
    """How many of the pods are ready."""
    return sum(pod.state is PodState.READY for pod in pods)


def moved_at(workload: Workload) -> datetime:
    """Return when the controller last reported progress of the workload."""
    return workload.moved_at or workload.wanted.created_at


def workload_metadata(workload: Workload, **annotations: str) -> Json:
    """Build the workload's own metadata, with `annotations` added (keys as given)."""
    return metadata(
        workload.name,
        workload.namespace,
        workload.uid,
        workload.created_at,
        labels=workload_labels(workload),
        annotations=annotations | workload.annotations,
        generation=workload.generation,
    )


def replica_set_name(workload: Workload, template: Template) -> str:
    """Return `<workload>-<hash>`."""
    return f"{workload.name}-{template.hash}"


def replica_set_uid(workload: Workload, template: Template) -> str:
    """Return a UID that is stable for the ReplicaSet's life, through rollbacks to it, too."""
    return uid_of(workload.uid, "ReplicaSet", template.hash)


def replica_set_json(
    workload: Workload, template: Template, api_version: str, revision_key: str, hash_label: str
) -> Json:
    """Build a ReplicaSet of a Deployment or Argo Rollout (they label the hash differently)."""
    pods = [pod for pod in workload.live if pod.template is template]
    replicas = len(pods) if template is not workload.wanted else max(len(pods), 0)
    labels = pod_template(workload, template)["metadata"]["labels"] | {hash_label: template.hash}
    body = pod_template(workload, template)
    body["metadata"]["labels"] = labels
    meta = metadata(
        replica_set_name(workload, template),
        workload.namespace,
        replica_set_uid(workload, template),
        template.created_at,
        labels=labels,
        annotations={
            "deployment.kubernetes.io/desired-replicas": str(workload.replicas),
            "deployment.kubernetes.io/max-replicas": str(workload.replicas + 1),
            revision_key: str(template.number),
        }
        | workload.annotations,
        owner=owner_reference(api_version, workload.kind, workload.name, workload.uid),
    )
    status: Json = {"replicas": len(pods), "observedGeneration": 1}
    if pods:
        status |= {"fullyLabeledReplicas": len(pods)}
    if ready_of(pods):
        status |= {"readyReplicas": ready_of(pods), "availableReplicas": ready_of(pods)}
    selector = {"matchLabels": _selector(workload) | {hash_label: template.hash}}
    spec = {"replicas": replicas, "selector": selector, "template": body}
    return manage_fields(
        {"metadata": meta, "spec": spec, "status": status}, "apps/v1", _MANAGER, _MANAGER
    )


def deployment_json(workload: Workload) -> Json:
    """Build a Deployment, with conditions that reflect its rollout."""
    updated, live = workload.updated, workload.live
    ready = ready_of(live)
    spec: Json = {
        "replicas": workload.replicas,
        "selector": {"matchLabels": _selector(workload)},
        "template": pod_template(workload, workload.wanted),
        "strategy": {
            "type": "RollingUpdate",
            "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"},
        },
        "revisionHistoryLimit": 5,
        "progressDeadlineSeconds": 600,
    }
    if workload.hold is Hold.PAUSED:
        spec["paused"] = True
    status: Json = {"observedGeneration": workload.generation, "terminatingReplicas": 0}
    counts = {
        "replicas": len(live),
        "updatedReplicas": len(updated),
        "readyReplicas": ready,
        "availableReplicas": ready,
        "unavailableReplicas": max(len(live), workload.replicas) - ready,
    }
    # The API leaves zero counts out.
    status |= {key: count for key, count in counts.items() if count}
    status["conditions"] = [_available(workload, ready), _progressing(workload)]
    meta = workload_metadata(
        workload, **{"deployment.kubernetes.io/revision": str(workload.wanted.number)}
    )
    item = {"metadata": meta, "spec": spec, "status": status}
    return manage_fields(item, "apps/v1", "helm", _MANAGER)


def _available(workload: Workload, ready: int) -> Json:
    if ready * 4 >= workload.replicas * 3:
        message = "Deployment has minimum availability."
        return condition(
            "Available", "True", "MinimumReplicasAvailable", message, workload.created_at
        )
    message = "Deployment does not have minimum availability."
    return condition(
        "Available", "False", "MinimumReplicasUnavailable", message, moved_at(workload)
    )


def _progressing(workload: Workload) -> Json:
    name = replica_set_name(workload, workload.wanted)
    at = moved_at(workload)
    if workload.hold is Hold.DEADLINE:
        message = f'ReplicaSet "{name}" has timed out progressing.'
        return condition("Progressing", "False", "ProgressDeadlineExceeded", message, at)
    if workload.hold is Hold.PAUSED:
        return condition("Progressing", "Unknown", "DeploymentPaused", "Deployment is paused", at)
    complete = not workload.outdated and len(workload.updated) == workload.replicas
    if complete and (workload.settled or workload.changed_at is None):
        message = f'ReplicaSet "{name}" has successfully progressed.'
        return condition("Progressing", "True", "NewReplicaSetAvailable", message, at)
    message = f'ReplicaSet "{name}" is progressing.'
    return condition("Progressing", "True", "ReplicaSetUpdated", message, at)


def stateful_set_json(workload: Workload) -> Json:
    """Build a StatefulSet; its revisions are full names, `<workload>-<hash>`."""
    updated, live = workload.updated, workload.live
    partition = workload.replicas - len(updated) if workload.hold is Hold.PARTITION else 0
    current = workload.wanted if not workload.outdated else workload.outdated[0].template
    spec: Json = {
        "replicas": workload.replicas,
        "selector": {"matchLabels": _selector(workload)},
        "template": pod_template(workload, workload.wanted),
        "serviceName": workload.name,
        "podManagementPolicy": "OrderedReady",
        "updateStrategy": _update_strategy(workload, {"partition": partition}),
        "revisionHistoryLimit": 10,
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
    }
    status: Json = {
        "observedGeneration": workload.generation,
        "replicas": len(live),
        "readyReplicas": ready_of(live),
        "currentReplicas": len(live) if current is workload.wanted else len(workload.outdated),
        "updatedReplicas": len(updated),
        "currentRevision": replica_set_name(workload, current),
        "updateRevision": replica_set_name(workload, workload.wanted),
        "collisionCount": 0,
        "availableReplicas": ready_of(live),
    }
    item = {"metadata": workload_metadata(workload), "spec": spec, "status": status}
    return manage_fields(item, "apps/v1", "helm", _MANAGER)


def daemon_set_json(workload: Workload) -> Json:
    """Build a DaemonSet: one pod per node."""
    live = workload.live
    spec = {
        "selector": {"matchLabels": _selector(workload)},
        "template": pod_template(workload, workload.wanted),
        "updateStrategy": _update_strategy(workload, {"maxUnavailable": 1, "maxSurge": 0}),
        "revisionHistoryLimit": 10,
    }
    status = {
        "currentNumberScheduled": len(live),
        "numberMisscheduled": 0,
        "desiredNumberScheduled": workload.replicas,
        "numberReady": ready_of(live),
        "observedGeneration": workload.generation,
        "updatedNumberScheduled": len(workload.updated),
        "numberAvailable": ready_of(live),
    }
    generation = {"deprecated.daemonset.template.generation": str(workload.wanted.number)}
    item = {"metadata": workload_metadata(workload, **generation), "spec": spec, "status": status}
    return manage_fields(item, "apps/v1", "helm", _MANAGER)


def controller_revision_json(workload: Workload, template: Template) -> Json:
    """Build a revision of a StatefulSet or DaemonSet; `data` is a patch of its template."""
    hash_label = (
        "controller.kubernetes.io/hash"
        if workload.kind is Kind.STATEFUL_SET
        else "controller-revision-hash"
    )
    body = pod_template(workload, template)
    meta = metadata(
        replica_set_name(workload, template),
        workload.namespace,
        uid_of(workload.uid, "ControllerRevision", template.hash),
        template.created_at,
        labels=body["metadata"]["labels"] | {hash_label: template.hash},
        annotations=workload.annotations,
        owner=owner_reference("apps/v1", workload.kind, workload.name, workload.uid),
        generation=None,
    )
    item: Json = {
        "metadata": meta,
        "data": {"spec": {"template": body | {"$patch": "replace"}}},
        "revision": template.number,
    }
    return manage_fields(item, "apps/v1", _MANAGER, _MANAGER)


def _selector(workload: Workload) -> dict[str, str]:
    """Build the selector, which must not contain labels that change with a release."""
    labels = workload.template_labels
    return {key: labels[key] for key in list(labels)[:2]}


def _update_strategy(workload: Workload, rolling: Json) -> Json:
    if workload.hold is Hold.ON_DELETE:
        return {"type": "OnDelete"}
    return {"type": "RollingUpdate", "rollingUpdate": rolling}
