"""Rollout status of each kind of workload, from its controller's status.

The rules are those of `kubectl rollout status`
(staging/src/k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go of kubernetes/kubernetes),
with two differences. Where kubectl waits for a partition, OnDelete or a pause, the status is HELD.
And kubectl has no memory: a pod that crashes long after a rollout makes it wait again; here that
rollout stays COMPLETE, and the number of ready replicas shows the shortage.
"""

from collections.abc import Iterable

from reldash.collectors.http.text import one_line
from reldash.collectors.kubernetes.wire.argo_rollouts import ArgoRollout
from reldash.collectors.kubernetes.wire.common import StatusCondition
from reldash.collectors.kubernetes.wire.workloads import CronJob, DaemonSet, Deployment, StatefulSet
from reldash.domain.workloads.observations import Progress, RolloutStatus

_UNOBSERVED = RolloutStatus(Progress.PROGRESSING, "the controller has not seen the new spec yet")


def deployment_status(deployment: Deployment) -> RolloutStatus:
    """Progress of a Deployment."""
    spec, status = deployment.spec, deployment.status
    wanted = 1 if spec.replicas is None else spec.replicas
    updated, old = status.updated_replicas, status.replicas - status.updated_replicas
    if status.observed_generation < deployment.metadata.generation:
        return _UNOBSERVED
    progressing = find_condition(status.conditions, "Progressing")
    reason = progressing.reason if progressing is not None else None
    if reason == "ProgressDeadlineExceeded":
        words = progressing.message if progressing is not None else None
        return RolloutStatus(Progress.STUCK, one_line(words or "progress deadline exceeded"))
    if updated < wanted or old > 0:
        words = f"{updated} of {wanted} updated" + (f", {old} old left" if old > 0 else "")
        if spec.paused:
            return RolloutStatus(Progress.HELD, f"paused: {words}")
        return RolloutStatus(Progress.PROGRESSING, words)
    if status.available_replicas < updated:
        words = f"{status.available_replicas} of {updated} updated available"
        # Once all were available, the controller leaves this reason until the next rollout.
        done = reason == "NewReplicaSetAvailable"
        return RolloutStatus(Progress.COMPLETE if done else Progress.PROGRESSING, words)
    return RolloutStatus(Progress.COMPLETE)


def stateful_set_status(stateful_set: StatefulSet) -> RolloutStatus:
    """Progress of a StatefulSet."""
    spec, status = stateful_set.spec, stateful_set.status
    wanted = 1 if spec.replicas is None else spec.replicas
    if status.observed_generation < stateful_set.metadata.generation:
        return _UNOBSERVED
    words = f"{status.updated_replicas} of {wanted} updated"
    rolling = spec.update_strategy.rolling_update
    partition = (rolling.partition or 0) if rolling is not None else 0
    if spec.update_strategy.type == "OnDelete":
        if status.updated_replicas < min(wanted, status.replicas):
            return RolloutStatus(Progress.HELD, f"OnDelete: {words}")
    elif status.current_revision != status.update_revision:
        if partition and status.updated_replicas >= wanted - min(partition, wanted):
            return RolloutStatus(Progress.HELD, f"partition {partition}: {words}")
        return RolloutStatus(Progress.PROGRESSING, words)
    if status.replicas < wanted:
        return RolloutStatus(Progress.PROGRESSING, f"{status.replicas} of {wanted} created")
    return RolloutStatus(Progress.COMPLETE)


def daemon_set_status(daemon_set: DaemonSet) -> RolloutStatus:
    """Progress of a DaemonSet."""
    status = daemon_set.status
    if status.observed_generation < daemon_set.metadata.generation:
        return _UNOBSERVED
    if status.updated_number_scheduled < status.desired_number_scheduled:
        words = f"{status.updated_number_scheduled} of {status.desired_number_scheduled} updated"
        if daemon_set.spec.update_strategy.type == "OnDelete":
            return RolloutStatus(Progress.HELD, f"OnDelete: {words}")
        return RolloutStatus(Progress.PROGRESSING, words)
    return RolloutStatus(Progress.COMPLETE)


def cron_job_status(cron_job: CronJob) -> RolloutStatus:
    """Always COMPLETE: a CronJob has no rollout, its next Job has the new template."""
    return RolloutStatus(Progress.COMPLETE, "suspended" if cron_job.spec.suspend else "")


def argo_status(rollout: ArgoRollout) -> RolloutStatus:
    """Progress of an Argo Rollout, by the phase that its controller (1.0 or later) reports.

    Source: utils/rollout/rolloututil.go (GetRolloutPhase) of argoproj/argo-rollouts, which is
    what `kubectl argo rollouts status` shows.
    """
    spec, status = rollout.spec, rollout.status
    words = one_line(status.message or "")
    if status.abort or status.phase == "Degraded":
        return RolloutStatus(Progress.STUCK, words or ("aborted" if status.abort else "degraded"))
    if not _is_spec_observed(rollout):
        return _UNOBSERVED
    if spec.paused or status.phase == "Paused":
        return RolloutStatus(Progress.HELD, words or "paused")
    if status.phase == "Progressing":
        return RolloutStatus(Progress.PROGRESSING, words)
    if status.phase in (None, "") and status.updated_replicas < status.replicas:
        words = f"{status.updated_replicas} of {status.replicas} updated"
        return RolloutStatus(Progress.PROGRESSING, words)
    return RolloutStatus(Progress.COMPLETE, words)


def _is_spec_observed(rollout: ArgoRollout) -> bool:
    """Whether the controller has observed the spec; releases before 0.10 store a hash there."""
    text = str(rollout.status.observed_generation or "")
    return not (text.isascii() and text.isdecimal()) or int(text) >= rollout.metadata.generation


def find_condition(
    conditions: Iterable[StatusCondition] | None, name: str
) -> StatusCondition | None:
    """The condition of that type, or None."""
    for each in conditions or ():
        if each.type == name:
            return each
    return None
