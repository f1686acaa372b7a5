"""Argo Rollouts as JSON (argoproj.io/v1alpha1, as the controller 1.8 writes them)."""

from reldash.demo.apps import moved_at, ready_of, workload_metadata
from reldash.demo.object_parts import Json, condition, manage_fields, pod_template
from reldash.demo.stable_ids import stamp
from reldash.demo.workload import Hold, Workload

_STEPS: list[Json] = [{"setWeight": 10}, {"pause": {}}, {"setWeight": 50}, {"pause": {}}]
_ABORT_MESSAGE = (
    'RolloutAborted: Rollout aborted update to revision {revision}: Metric "success-rate" '
    "assessed Failed due to failed (2) > failureLimit (1)"
)


def rollout_json(workload: Workload) -> Json:
    """Build a Rollout: `stableRS` serves traffic, `currentPodHash` is the desired template."""
    spec: Json = {
        "replicas": workload.replicas,
        "revisionHistoryLimit": 5,
        "selector": {"matchLabels": dict(list(workload.template_labels.items())[:2])},
        "strategy": _strategy(workload),
    }
    if workload.workload_ref:
        spec["workloadRef"] = {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "name": workload.workload_ref,
        }
    else:
        spec["template"] = pod_template(workload, workload.wanted)
    annotations = {"rollout.argoproj.io/revision": str(workload.wanted.number)}
    if workload.workload_ref:
        annotations["rollout.argoproj.io/workload-generation"] = str(workload.generation)
    meta = workload_metadata(workload, **annotations)
    item = {"metadata": meta, "spec": spec, "status": _status(workload)}
    return manage_fields(item, "argoproj.io/v1alpha1", "argocd-controller", "rollouts-controller")


def _strategy(workload: Workload) -> Json:
    if workload.strategy == "blueGreen":
        return {
            "blueGreen": {
                "activeService": workload.name,
                "previewService": f"{workload.name}-preview",
                "autoPromotionEnabled": False,
            }
        }
    return {
        "canary": {
            "canaryService": f"{workload.name}-canary",
            "stableService": workload.name,
            "steps": _STEPS,
            "trafficRouting": {"istio": {"virtualService": {"name": workload.name}}},
        }
    }


def _status(workload: Workload) -> Json:
    stable = workload.stable or workload.wanted
    live = workload.live
    status: Json = {
        "HPAReplicas": len(live),
        "availableReplicas": ready_of(live),
        "blueGreen": {},
        "canary": {},
        "conditions": _conditions(workload),
        "currentPodHash": workload.wanted.hash,
        "observedGeneration": str(workload.generation),  # a string in this API
        "phase": "Healthy",
        "readyReplicas": ready_of(live),
        "replicas": len(live),
        "selector": ",".join(f"{k}={v}" for k, v in list(workload.template_labels.items())[:2]),
        "stableRS": stable.hash,
        "updatedReplicas": len(workload.updated),
    }
    if workload.workload_ref:
        status["workloadObservedGeneration"] = str(workload.generation)
    if workload.strategy == "blueGreen":
        status["blueGreen"] = {
            "activeSelector": stable.hash,
            "previewSelector": workload.wanted.hash,
        }
    else:
        status |= _canary(workload, stable.hash)
    return status | _phase(workload)


def _canary(workload: Workload, stable_hash: str) -> Json:
    is_new = workload.wanted.hash != stable_hash
    weight = 10 if is_new and workload.hold is not Hold.ABORTED else 0
    if not is_new:
        return {"currentStepIndex": len(_STEPS), "canary": {}}
    weights = {
        "canary": {
            "podTemplateHash": workload.wanted.hash,
            "serviceName": f"{workload.name}-canary",
            "weight": weight,
        },
        "stable": {
            "podTemplateHash": stable_hash,
            "serviceName": workload.name,
            "weight": 100 - weight,
        },
    }
    return {"currentStepIndex": 1 if weight else 0, "canary": {"weights": weights}}


def _phase(workload: Workload) -> Json:
    at = stamp(moved_at(workload))
    match workload.hold:
        case Hold.CANARY_PAUSE:
            reason = "CanaryPauseStep"
        case Hold.PREVIEW_PAUSE:
            reason = "BlueGreenPause"
        case Hold.ABORTED:
            message = _ABORT_MESSAGE.format(revision=workload.wanted.number)
            return {"phase": "Degraded", "message": message, "abort": True, "abortedAt": at}
        case _:
            if workload.settled:
                return {"phase": "Healthy"}
            message = "more replicas need to be updated"
            return {"phase": "Progressing", "message": message}
    pauses = [{"reason": reason, "startTime": at}]
    return {
        "phase": "Paused",
        "message": reason,
        "controllerPause": True,
        "pauseConditions": pauses,
    }


def _conditions(workload: Workload) -> list[Json]:
    at = moved_at(workload)
    name = f"{workload.name}-{workload.wanted.hash}"
    available = condition(
        "Available", "True", "AvailableReason", "Rollout has minimum availability", at
    )
    match workload.hold:
        case Hold.ABORTED:
            message = _ABORT_MESSAGE.format(revision=workload.wanted.number).partition(": ")[2]
            progress = condition("Progressing", "False", "RolloutAborted", message, at)
        case Hold.CANARY_PAUSE | Hold.PREVIEW_PAUSE:
            progress = condition("Progressing", "Unknown", "RolloutPaused", "Rollout is paused", at)
        case _ if workload.settled:
            message = f'ReplicaSet "{name}" has successfully progressed.'
            progress = condition("Progressing", "True", "NewReplicaSetAvailable", message, at)
        case _:
            message = f'ReplicaSet "{name}" is progressing.'
            progress = condition("Progressing", "True", "ReplicaSetUpdated", message, at)
    return [available, progress]
