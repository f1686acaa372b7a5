"""All Kubernetes objects of a workload: itself, its revisions or Jobs, its pods."""

from reldash.demo import apps, argo, batch
from reldash.demo.object_parts import Json, owner_reference
from reldash.demo.pods import pod_json
from reldash.demo.workload import Kind, Pod, Workload

RESOURCES = {
    Kind.DEPLOYMENT: "deployments",
    Kind.STATEFUL_SET: "statefulsets",
    Kind.DAEMON_SET: "daemonsets",
    Kind.CRON_JOB: "cronjobs",
    Kind.ROLLOUT: "rollouts",
}


def workload_objects(workload: Workload) -> list[tuple[str, Json]]:
    """Build all objects of a workload, as (plural resource name, JSON without resourceVersion)."""
    items = [(RESOURCES[workload.kind], _own(workload))]
    match workload.kind:
        case Kind.DEPLOYMENT:
            items += [
                (
                    "replicasets",
                    apps.replica_set_json(
                        workload,
                        template,
                        "apps/v1",
                        "deployment.kubernetes.io/revision",
                        "pod-template-hash",
                    ),
                )
                for template in workload.templates
            ]
        case Kind.ROLLOUT:
            items += [
                (
                    "replicasets",
                    apps.replica_set_json(
                        workload,
                        template,
                        "argoproj.io/v1alpha1",
                        "rollout.argoproj.io/revision",
                        "rollouts-pod-template-hash",
                    ),
                )
                for template in workload.templates
            ]
        case Kind.STATEFUL_SET | Kind.DAEMON_SET:
            items += [
                ("controllerrevisions", apps.controller_revision_json(workload, template))
                for template in workload.templates
            ]
        case Kind.CRON_JOB:
            items += [
                ("jobs", batch.job_json(workload, name, template, at))
                for name, (template, at) in workload.jobs.items()
            ]
    return items + [
        ("pods", pod_json(workload, pod, _owner(workload, pod))) for pod in workload.pods
    ]


def _own(workload: Workload) -> Json:
    match workload.kind:
        case Kind.DEPLOYMENT:
            return apps.deployment_json(workload)
        case Kind.STATEFUL_SET:
            return apps.stateful_set_json(workload)
        case Kind.DAEMON_SET:
            return apps.daemon_set_json(workload)
        case Kind.CRON_JOB:
            return batch.cron_job_json(workload)
        case Kind.ROLLOUT:
            return argo.rollout_json(workload)


def _owner(workload: Workload, pod: Pod) -> Json:
    match workload.kind:
        case Kind.DEPLOYMENT | Kind.ROLLOUT:
            name = apps.replica_set_name(workload, pod.template)
            uid = apps.replica_set_uid(workload, pod.template)
            return owner_reference("apps/v1", "ReplicaSet", name, uid)
        case Kind.CRON_JOB:
            uid = batch.job_uid(workload, pod.job)
            return owner_reference("batch/v1", "Job", pod.job, uid)
        case _:
            return owner_reference("apps/v1", workload.kind, workload.name, workload.uid)
