"""What the controllers do: one small step at a time, so that people see a rollout pass."""

from datetime import datetime

from reldash.demo.stable_ids import name_hash
from reldash.demo.workload import Hold, Kind, Pod, PodState, Template, Workload

KEPT_REVISIONS = 6
_BROKEN = frozenset({PodState.PULL_FAILED, PodState.CRASHING})


def create_ready_pods(workload: Workload, at: datetime) -> None:
    """Give a workload that has just been set up the pods it would long have had."""
    if workload.kind is Kind.CRON_JOB:
        return
    for index in range(workload.replicas):
        name = f"{workload.name}-{index}" if workload.kind is Kind.STATEFUL_SET else ""
        workload.add_pod(workload.wanted, at, PodState.READY, name)
    workload.stable = workload.wanted


def run_job(workload: Workload, at: datetime) -> str:
    """Run a CronJob once: a Job of the wanted template with one pod that has succeeded.

    The last three Jobs are kept, as successfulJobsHistoryLimit says. Returns the Job's name.
    """
    job = f"{workload.name}-{int(at.timestamp()) // 60}"
    if job in workload.jobs:
        job += name_hash(workload.uid, len(workload.jobs), at, length=3)
    workload.jobs[job] = (workload.wanted, at)
    workload.add_pod(workload.wanted, at, PodState.SUCCEEDED, job=job)
    for old in list(workload.jobs)[:-3]:
        del workload.jobs[old]
        workload.pods = [pod for pod in workload.pods if pod.job != old]
    _prune_revisions(workload)
    return job


def advance(workload: Workload, at: datetime) -> bool:
    """Take one step towards the wanted template; False where nothing moved."""
    if workload.kind is Kind.CRON_JOB:
        if workload.jobs and list(workload.jobs.values())[-1][0] is not workload.wanted:
            run_job(workload, at)
            return True
        return False
    broken = any(pod.state in _BROKEN for pod in workload.updated)
    if workload.settled or broken or workload.hold is not Hold.NONE:
        return False
    workload.moved_at = at
    if not _make_one_ready(workload):
        _replace_one_pod(workload, at)
    if not workload.outdated and len(workload.updated) == workload.replicas:
        _finish(workload)
    return True


def _make_one_ready(workload: Workload) -> bool:
    """The pod that was being created becomes ready; False where none was."""
    for pod in workload.updated:
        if pod.state is PodState.CREATING:
            pod.state = PodState.READY
            return True
    return False


def _replace_one_pod(workload: Workload, at: datetime) -> None:
    """Remove one outdated pod where that leaves enough, and create one of the wanted template."""
    outdated = workload.outdated
    surges = workload.kind in {Kind.DEPLOYMENT, Kind.ROLLOUT}
    # A Deployment's surge comes first: one pod more, and only then one of the old ones less.
    if outdated and (not surges or len(workload.updated) + len(outdated) > workload.replicas):
        gone = outdated[-1]
        workload.pods.remove(gone)
        same_name = gone.name if workload.kind is Kind.STATEFUL_SET else ""
        if len(workload.updated) < workload.replicas:
            workload.add_pod(workload.wanted, at, PodState.CREATING, same_name)
    elif len(workload.updated) < workload.replicas:
        workload.add_pod(workload.wanted, at, PodState.CREATING)


def _finish(workload: Workload) -> None:
    """When every pod is ready the new template is the stable one, and the oldest go."""
    if all(pod.state is PodState.READY for pod in workload.updated):
        workload.stable = workload.wanted
        _prune_revisions(workload)


def _prune_revisions(workload: Workload) -> None:
    """Drop the oldest revisions that nothing runs, as revisionHistoryLimit says."""
    used = {id(pod.template) for pod in workload.pods} | {id(workload.wanted)}
    spare = [template for template in workload.templates if id(template) not in used]
    for template in spare[: max(0, len(workload.templates) - KEPT_REVISIONS)]:
        workload.templates.remove(template)


def stop_halfway(workload: Workload, updated: int, hold: Hold, at: datetime) -> None:
    """Stop a rollout half-way for good: `updated` pods of the wanted template, the rest old.

    A surge of canary pods is on top of the replicas where the hold is one of a Rollout.
    """
    old: Template = workload.templates[-2]
    workload.pods = []
    workload.hold = hold
    workload.stable = old
    surge = workload.kind is Kind.ROLLOUT
    for index in range(workload.replicas + (updated if surge else 0)):
        # A StatefulSet updates its highest ordinals first.
        is_new = index >= workload.replicas - (0 if surge else updated)
        name = f"{workload.name}-{index}" if workload.kind is Kind.STATEFUL_SET else ""
        workload.add_pod(workload.wanted if is_new else old, at, PodState.READY, name)


def fail_rollout(
    workload: Workload, state: PodState, at: datetime, *, hold: Hold = Hold.NONE
) -> Pod:
    """The wanted template's first pod never starts; the old pods go on serving."""
    old = workload.templates[-2]
    workload.pods = []
    workload.hold = hold
    workload.stable = old
    for _ in range(workload.replicas):
        workload.add_pod(old, old.created_at, PodState.READY)
    return workload.add_pod(workload.wanted, at, state)
