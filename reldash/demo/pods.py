"""Pods as JSON: status by container, image ids as a kubelet reports them."""

from reldash.demo.object_parts import (
    Json,
    manage_fields,
    metadata,
    pod_spec,
    template_labels,
)
from reldash.demo.stable_ids import digest_of, stamp
from reldash.demo.workload import Container, Kind, Pod, PodState, Workload

_PHASES = {
    PodState.CREATING: "Pending",
    PodState.READY: "Running",
    PodState.PULL_FAILED: "Pending",
    PodState.CRASHING: "Running",
    PodState.EVICTED: "Failed",
    PodState.SUCCEEDED: "Succeeded",
}


def pod_json(workload: Workload, pod: Pod, owner: Json) -> Json:
    """Build a pod, owned by `owner` (a ReplicaSet, StatefulSet, DaemonSet or Job)."""
    labels = template_labels(workload, pod.template) | _hash_labels(workload, pod, owner)
    meta = metadata(
        pod.name,
        workload.namespace,
        pod.uid,
        pod.created_at,
        labels=labels,
        annotations=workload.template_annotations,
        owner=owner,
        generate_name=pod.name.rsplit("-", 1)[0] + "-",
    )
    if pod.terminating_at is not None:
        meta["deletionTimestamp"] = stamp(pod.terminating_at)
        meta["deletionGracePeriodSeconds"] = 30
    restart = "Never" if workload.kind is Kind.CRON_JOB else "Always"
    node = int(pod.uid[:4], 16) % 3
    spec = pod_spec(workload, pod.image, restart=restart) | {
        "nodeName": f"{workload.cluster}-node-{node}",
        "priority": 0,
        "enableServiceLinks": True,
        "preemptionPolicy": "PreemptLowerPriority",
    }
    item = {"metadata": meta, "spec": spec, "status": _status(workload, pod, node)}
    return manage_fields(item, "v1", "kube-controller-manager", "kubelet")


def container_image_id(reference: str) -> str:
    """Return the image id of a container whose image never changes, such as a sidecar's."""
    repository = reference.split("@")[0]
    head, _, tail = repository.rpartition(":")
    if "/" in tail or not head:
        head = repository
    full = head if "." in head.split("/")[0] else f"docker.io/{head}"
    return f"{full}@{digest_of(reference)}"


def _hash_labels(workload: Workload, pod: Pod, owner: Json) -> dict[str, str]:
    template_hash = pod.template.hash
    match workload.kind:
        case Kind.DEPLOYMENT:
            return {"pod-template-hash": template_hash}
        case Kind.ROLLOUT:
            return {"rollouts-pod-template-hash": template_hash}
        case Kind.STATEFUL_SET:
            return {
                "apps.kubernetes.io/pod-index": pod.name.rpartition("-")[2],
                "controller-revision-hash": f"{workload.name}-{template_hash}",
                "statefulset.kubernetes.io/pod-name": pod.name,
            }
        case Kind.DAEMON_SET:
            return {
                "controller-revision-hash": template_hash,
                "pod-template-generation": str(pod.template.number),
            }
        case Kind.CRON_JOB:
            return {
                "batch.kubernetes.io/controller-uid": owner["uid"],
                "batch.kubernetes.io/job-name": pod.job,
                "controller-uid": owner["uid"],
                "job-name": pod.job,
            }


def _status(workload: Workload, pod: Pod, node: int) -> Json:
    at = stamp(pod.created_at)
    if pod.state is PodState.EVICTED:
        # The kubelet drops the container statuses of what it evicts.
        return {
            "phase": "Failed",
            "reason": "Evicted",
            "message": "The node was low on resource: ephemeral-storage.",
            "startTime": at,
        }
    ready = pod.state is PodState.READY
    conditions = [
        {"type": name, "status": value, "lastProbeTime": None, "lastTransitionTime": at}
        for name, value in (
            ("PodReadyToStartContainers", "True"),
            ("Initialized", "True"),
            ("Ready", str(ready)),
            ("ContainersReady", str(ready)),
            ("PodScheduled", "True"),
        )
    ]
    address = f"10.{20 + node}.{int(pod.uid[4:6], 16)}.{int(pod.uid[6:8], 16)}"
    main = [Container(workload.container, pod.image, "primary")]
    main += [c for c in workload.others if c.stage == "main"]
    inits = [c for c in workload.others if c.stage != "main"]
    status: Json = {
        "phase": _PHASES[pod.state],
        "conditions": conditions,
        "hostIP": f"10.9.0.{node + 1}",
        "hostIPs": [{"ip": f"10.9.0.{node + 1}"}],
        "podIP": address,
        "podIPs": [{"ip": address}],
        "startTime": at,
    }
    if inits:
        status["initContainerStatuses"] = [_container_status(c, pod, at) for c in inits]
    status["containerStatuses"] = [_container_status(c, pod, at) for c in main]
    return status | {"qosClass": "Burstable"}


def _container_status(container: Container, pod: Pod, at: str) -> Json:
    primary = container.stage == "primary"
    image_id = pod.image_id if primary else container_image_id(container.image)
    done = {"terminated": {"exitCode": 0, "reason": "Completed", "startedAt": at, "finishedAt": at}}
    state: Json = {"running": {"startedAt": at}}
    ready, restarts = True, 0
    if container.stage == "init":
        state = done
    elif pod.state is PodState.SUCCEEDED:
        state, ready = done, False
    elif pod.state is PodState.CREATING:
        state, ready, image_id = {"waiting": {"reason": "ContainerCreating"}}, False, ""
    elif primary and pod.state is PodState.PULL_FAILED:
        message = f'Back-off pulling image "{container.image}"'
        state = {"waiting": {"reason": "ImagePullBackOff", "message": message}}
        ready, image_id = False, ""
    elif primary and pod.state is PodState.CRASHING:
        message = "back-off 5m0s restarting failed container"
        state = {"waiting": {"reason": "CrashLoopBackOff", "message": message}}
        ready, restarts = False, 17
    item: Json = {
        "name": container.name,
        "state": state,
        "lastState": {},
        "ready": ready,
        "restartCount": restarts,
        "image": container.image,
        "imageID": image_id,
    }
    if image_id:
        item["containerID"] = "containerd://" + digest_of(pod.uid, container.name)[7:]
    return item | {"started": "running" in state}
