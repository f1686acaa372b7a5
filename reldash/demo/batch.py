"""CronJobs and their Jobs as JSON."""

from datetime import datetime, timedelta

from reldash.demo.apps import workload_metadata
from reldash.demo.object_parts import Json, manage_fields, metadata, owner_reference, pod_template
from reldash.demo.stable_ids import stamp, uid_of
from reldash.demo.workload import Template, Workload

_RUN_TIME = timedelta(seconds=40)


def cron_job_json(workload: Workload) -> Json:
    """Build a CronJob; what it last ran shows in its newest Job."""
    spec = {
        "schedule": workload.schedule,
        "concurrencyPolicy": "Forbid",
        "suspend": workload.suspended,
        "jobTemplate": {
            "metadata": {},
            "spec": {"template": pod_template(workload, workload.wanted, restart="Never")},
        },
        "successfulJobsHistoryLimit": 3,
        "failedJobsHistoryLimit": 1,
    }
    status: Json = {}
    if workload.jobs:
        _, started_at = list(workload.jobs.values())[-1]
        status = {
            "lastScheduleTime": stamp(started_at),
            "lastSuccessfulTime": stamp(started_at + _RUN_TIME),
        }
    item = {"metadata": workload_metadata(workload), "spec": spec, "status": status}
    return manage_fields(item, "batch/v1", "helm", "kube-controller-manager")


def job_uid(workload: Workload, name: str) -> str:
    """Return the Job's UID, as its pods reference it."""
    return uid_of(workload.uid, "Job", name)


def job_json(workload: Workload, name: str, template: Template, at: datetime) -> Json:
    """Build a finished Job of a CronJob."""
    uid = job_uid(workload, name)
    labels = {"batch.kubernetes.io/controller-uid": uid, "batch.kubernetes.io/job-name": name}
    body = pod_template(workload, template, restart="Never")
    body["metadata"]["labels"] |= labels
    meta = metadata(
        name,
        workload.namespace,
        uid,
        at,
        labels=body["metadata"]["labels"],
        annotations={"batch.kubernetes.io/cronjob-scheduled-timestamp": stamp(at)},
        owner=owner_reference("batch/v1", "CronJob", workload.name, workload.uid),
    )
    spec = {
        "parallelism": 1,
        "completions": 1,
        "backoffLimit": 6,
        "selector": {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}},
        "template": body,
        "completionMode": "NonIndexed",
        "suspend": False,
    }
    done = stamp(at + _RUN_TIME)
    status = {
        "conditions": [
            {
                "type": "Complete",
                "status": "True",
                "lastProbeTime": done,
                "lastTransitionTime": done,
                "reason": "CompletionsReached",
                "message": "Reached expected number of succeeded pods",
            }
        ],
        "startTime": stamp(at),
        "completionTime": done,
        "succeeded": 1,
        "uncountedTerminatedPods": {},
        "ready": 0,
        "terminating": 0,
    }
    item = {"metadata": meta, "spec": spec, "status": status}
    return manage_fields(item, "batch/v1", "kube-controller-manager", "kube-controller-manager")
