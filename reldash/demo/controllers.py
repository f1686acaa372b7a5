"""Simulated controllers, one small step at a time, so that rollouts take visible time."""

from datetime import datetime

from reldash.demo.stable_ids import name_hash
from reldash.demo.workload import Hold, Kind, Pod, PodState, Template, Workload

KEPT_REVISIONS = 6
_BROKEN = frozenset({PodState.PULL_FAILED, PodState.CRASHING})


def create_ready_pods(workload: Workload, at: datetime) -> None:
    """Create the ready pods of a workload that is set up as already rolled out."""
    if workload.kind is Kind.CRON_JOB:
        return
    for index in range(workload.replicas):
        name = f"{workload.name}-{index}" if workload.kind is Kind.STATEFUL_SET else ""
        workload.add_pod(workload.wanted, at, PodState.READY, name)
    workload.stable = workload.wanted


def run_job(workload: Workload, at: datetime) -> str:
    """Run a CronJob once: a Job of the desired template with one succeeded pod.

    Keeps the last three Jobs, as by successfulJobsHistoryLimit. Returns the Job's name.
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
    """Take one step towards the desired template; False if nothing changed."""
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
    """Make one pod that is being created ready; False if there is none."""
    for pod in workload.updated:
        if pod.state is PodState.CREATING:
            pod.state = PodState.READY
            return True
    return False


def _replace_one_pod(workload: Workload, at: datetime) -> None:
    """Remove one outdated pod if enough remain, and create one of the desired template."""
    outdated = workload.outdated
    surges = workload.kind in {Kind.DEPLOYMENT, Kind.ROLLOUT}
    # Deployments surge first: one pod more, and only then one old pod less.
    if outdated and (not surges or len(workload.updated) + len(outdated) > workload.replicas):
        gone = outdated[-1]
        workload.pods.remove(gone)
        same_name = gone.name if workload.kind is Kind.STATEFUL_SET else ""
        if len(workload.updated) < workload.replicas:
            workload.add_pod(workload.wanted, at, PodState.CREATING, same_name)
    elif len(workload.updated) < workload.replicas:
        workload.add_pod(workload.wanted, at, PodState.CREATING)


def _finish(workload: Workload) -> None:
    """Once every pod is ready, make the new template stable and prune old revisions."""
    if all(pod.state is PodState.READY for pod in workload.updated):
        workload.stable = workload.wanted
        _prune_revisions(workload)


def _prune_revisions(workload: Workload) -> None:
    """Drop the oldest revisions without pods, as by revisionHistoryLimit."""
    used = {id(pod.template) for pod in workload.pods} | {id(workload.wanted)}
    spare = [template for template in workload.templates if id(template) not in used]
    for template in spare[: max(0, len(workload.templates) - KEPT_REVISIONS)]:
        workload.templates.remove(template)


def stop_halfway(workload: Workload, updated: int, hold: Hold, at: datetime) -> None:
    """Stop a rollout halfway for good: `updated` pods of the desired template, the rest old.

    For an Argo Rollout, the updated pods come on top of the replicas.
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
    """Fail a rollout: the desired template's first pod never starts, the old pods keep serving."""
    old = workload.templates[-2]
    workload.pods = []
    workload.hold = hold
    workload.stable = old
    for _ in range(workload.replicas):
        workload.add_pod(old, old.created_at, PodState.READY)
    return workload.add_pod(workload.wanted, at, state)
