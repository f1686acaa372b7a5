"""Parts shared by Kubernetes objects, in the shapes of a kube-apiserver 1.36."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from reldash.demo.stable_ids import stamp
from reldash.demo.workload import Template, Workload

Json: TypeAlias = dict[str, Any]

_MERGE_KEYS = ("name", "type", "uid", "ip", "containerPort")


def metadata(
    name: str,
    namespace: str | None,
    uid: str,
    created_at: datetime,
    *,
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
    owner: Json | None = None,
    generation: int | None = 1,
    generate_name: str = "",
) -> Json:
    """Build an object's metadata in the API's key order; `resourceVersion` is set on storing."""
    meta: Json = {"name": name}
    if generate_name:
        meta["generateName"] = generate_name
    if namespace is not None:
        meta["namespace"] = namespace
    meta |= {"uid": uid, "resourceVersion": ""}
    if generation is not None:
        meta["generation"] = generation
    meta["creationTimestamp"] = stamp(created_at)
    if labels:
        meta["labels"] = dict(labels)
    if annotations:
        meta["annotations"] = dict(annotations)
    if owner is not None:
        meta["ownerReferences"] = [owner]
    return meta


def owner_reference(api_version: str, kind: str, name: str, uid: str) -> Json:
    """Build an owner reference to the controller."""
    return {
        "apiVersion": api_version,
        "kind": kind,
        "name": name,
        "uid": uid,
        "controller": True,
        "blockOwnerDeletion": True,
    }


def manage_fields(item: Json, api_version: str, manager: str, controller: str) -> Json:
    """Add `managedFields`, a large share of real lists' size; returns the object."""
    meta = item["metadata"]
    written = {part: dict(meta[part]) for part in ("labels", "annotations") if part in meta}
    entries = [
        {
            "manager": manager,
            "operation": "Update",
            "apiVersion": api_version,
            "time": meta["creationTimestamp"],
            "fieldsType": "FieldsV1",
            "fieldsV1": _fields({"metadata": written, "spec": item.get("spec", {})}),
        }
    ]
    if item.get("status"):
        entries.append(
            {
                "manager": controller,
                "operation": "Update",
                "apiVersion": api_version,
                "time": meta["creationTimestamp"],
                "fieldsType": "FieldsV1",
                "fieldsV1": _fields({"status": item["status"]}),
                "subresource": "status",
            }
        )
    meta["managedFields"] = entries
    return item


def _fields(value: object) -> Json:
    """Build FieldsV1 of a value: `f:` before keys, `k:` before entries of keyed lists."""
    if isinstance(value, Mapping):
        return {f"f:{key}": _fields(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        merged: Json = {}
        for entry in value:
            key = next((k for k in _MERGE_KEYS if isinstance(entry, Mapping) and k in entry), None)
            if key is None:
                return {}
            merged["k:" + json.dumps({key: entry[key]}, separators=(",", ":"))] = {
                ".": {},
                **_fields(entry),
            }
        return merged
    return {}


def pod_spec(workload: Workload, image: str, *, restart: str = "Always") -> Json:
    """Build the `spec` of a pod template or pod."""
    inits = [_container(c.name, c.image, c.stage) for c in workload.others if c.stage != "main"]
    mains = [_container(c.name, c.image, c.stage) for c in workload.others if c.stage == "main"]
    primary = _container(workload.container, image, "primary")
    primary["env"] = [
        {"name": "STAGE", "value": workload.cluster},
        {"name": "LOG_LEVEL", "value": "info"},
    ]
    spec: Json = {"initContainers": inits} if inits else {}
    # Injected proxies often come first: the primary container cannot be found by position.
    front = [c for c in mains if c["name"] == "istio-proxy"]
    back = [c for c in mains if c["name"] != "istio-proxy"]
    return spec | {
        "containers": [*front, primary, *back],
        "restartPolicy": restart,
        "terminationGracePeriodSeconds": 30,
        "dnsPolicy": "ClusterFirst",
        "serviceAccountName": workload.name,
        "serviceAccount": workload.name,
        "securityContext": {},
        "schedulerName": "default-scheduler",
    }


def _container(name: str, image: str, stage: str) -> Json:
    item: Json = {"name": name, "image": image}
    if stage == "primary":
        item |= {
            "ports": [{"containerPort": 8080, "protocol": "TCP"}],
            "resources": {
                "limits": {"memory": "256Mi"},
                "requests": {"cpu": "100m", "memory": "128Mi"},
            },
        }
    else:
        item["resources"] = {}
    if stage == "sidecar":
        item["restartPolicy"] = "Always"
    return item | {
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "imagePullPolicy": "Always" if image.endswith(":latest") else "IfNotPresent",
    }


def template_labels(workload: Workload, template: Template) -> dict[str, str]:
    """Return the pod template's labels; the version label follows the template."""
    labels = dict(workload.template_labels)
    if workload.version_label:
        labels["app.kubernetes.io/version"] = template.version
    return labels


def pod_template(
    workload: Workload, template: Template, *, restart: str = "Always", **labels: str
) -> Json:
    """Build `spec.template`; `labels` (underscores for dashes) are added as by controllers."""
    added = {key.replace("_", "-"): value for key, value in labels.items()}
    meta: Json = {"labels": template_labels(workload, template) | added}
    annotations = dict(workload.template_annotations)
    if template.config:
        annotations["checksum/config"] = str(template.config)
    if template.commit:
        annotations["org.opencontainers.image.revision"] = template.commit
    if annotations:
        meta["annotations"] = annotations
    return {"metadata": meta, "spec": pod_spec(workload, template.image, restart=restart)}


def workload_labels(workload: Workload) -> dict[str, str]:
    """Return the workload's own labels; Helm updates the version label with the template."""
    labels = dict(workload.labels)
    if workload.version_label:
        labels["app.kubernetes.io/version"] = workload.wanted.version
    return labels


def condition(kind: str, status: str, reason: str, message: str, at: datetime) -> Json:
    """Build one condition of a controller's status."""
    return {
        "type": kind,
        "status": status,
        "lastUpdateTime": stamp(at),
        "lastTransitionTime": stamp(at),
        "reason": reason,
        "message": message,
    }
