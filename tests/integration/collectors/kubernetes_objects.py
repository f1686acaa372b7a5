"""Minimal objects of the Kubernetes API."""

from typing import Any

Json = dict[str, Any]
CREATED = "2026-11-01T08:00:00Z"
LATER = "2026-11-02T08:00:00Z"


def meta(name: str, *, uid: str = "", namespace: str = "shop", **more: Any) -> Json:
    """Metadata; the uid is the name unless given."""
    return {
        "name": name,
        "namespace": namespace,
        "uid": uid or f"uid-{name}",
        "creationTimestamp": CREATED,
        "generation": 1,
        "labels": {},
        **more,
    }


def owned(kind: str, name: str, *, uid: str = "") -> list[Json]:
    """The owner references of what a controller made."""
    version = {"Job": "batch/v1", "CronJob": "batch/v1", "Rollout": "argoproj.io/v1alpha1"}
    return [
        {
            "apiVersion": version.get(kind, "apps/v1"),
            "kind": kind,
            "name": name,
            "uid": uid or f"uid-{name}",
            "controller": True,
        }
    ]


def template(image: str, name: str = "api", **more: Any) -> Json:
    """A pod template with one container; `more` goes into its metadata."""
    spec = {"containers": [{"name": name, "image": image}]}
    return {"metadata": {"labels": {"app": name}, **more}, "spec": spec}


def deployment(name: str = "api", image: str = "shop/api:1.0.0", **more: Any) -> Json:
    """A Deployment of one replica that is rolled out; `more` goes into its metadata."""
    return {
        "metadata": meta(name, **more),
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": {"app": "api"}},
            "template": template(image),
        },
        "status": {
            "observedGeneration": 1,
            "replicas": 1,
            "updatedReplicas": 1,
            "readyReplicas": 1,
            "availableReplicas": 1,
        },
    }


def replica_set(
    workload: str, template_hash: str, image: str = "shop/api:1.0.0", **more: Any
) -> Json:
    """A ReplicaSet of a Deployment; `more` goes into its metadata."""
    name = f"{workload}-{template_hash}"
    labels = {"app": "api", "pod-template-hash": template_hash}
    return {
        "metadata": meta(
            name, **{"labels": labels, "ownerReferences": owned("Deployment", workload), **more}
        ),
        "spec": {"template": template(image)},
    }


def pod(
    name: str,
    owner: tuple[str, str],
    image: str = "shop/api:1.0.0",
    *,
    labels: dict[str, str] | None = None,
    owner_uid: str = "",
    status: Json | None = None,
    digest: str = "a",
    **more: Any,
) -> Json:
    """A ready pod of an owner (kind, name); `status` replaces parts of its status."""
    container = {
        "name": "api",
        "ready": True,
        "imageID": f"shop/api@sha256:{digest * 64}",
        "state": {"running": {}},
    }
    kind, owner_name = owner
    return {
        "metadata": meta(
            name,
            labels={"app": "api", **(labels or {})},
            ownerReferences=owned(kind, owner_name, uid=owner_uid),
            **more,
        ),
        "spec": {"containers": [{"name": "api", "image": image}]},
        "status": {"phase": "Running", "containerStatuses": [container], **(status or {})},
    }


def deployment_pod(
    workload: str, template_hash: str, image: str = "shop/api:1.0.0", **more: Any
) -> Json:
    """A pod of a Deployment's ReplicaSet."""
    owner = f"{workload}-{template_hash}"
    labels = {"pod-template-hash": template_hash, **more.pop("labels", {})}
    return pod(more.pop("name", f"{owner}-x"), ("ReplicaSet", owner), image, labels=labels, **more)
