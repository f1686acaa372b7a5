"""The states and flags of a cell, most serious first, each with its text in the legend."""

from enum import StrEnum


class State(StrEnum):
    """How the version of a cell compares with its baseline. Exactly one per cell."""

    AHEAD = "ahead"
    DIVERGED = "diverged"
    BEHIND = "behind"
    UNKNOWN = "unknown"
    ABSENT = "absent"
    WAITING = "waiting"
    LEADING = "leading"
    IN_STEP = "in_step"


class Flag(StrEnum):
    """A condition of a cell beside its state. Any number per cell."""

    TAG_MOVED = "tag_moved"
    REBUILT = "rebuilt"
    BYPASSED = "bypassed"
    SPEC_DIFFERS = "spec_differs"
    STUCK = "stuck"
    DEGRADED = "degraded"
    MIXED = "mixed"
    PARTIAL = "partial"
    UNPINNED = "unpinned"
    STALE = "stale"
    UNCHECKED = "unchecked"
    ROLLING = "rolling"
    IDLE = "idle"


STATE_WORDS: dict[State, str] = {
    State.AHEAD: "newer than its baseline",
    State.DIVERGED: "different from its baseline, and not comparable with it",
    State.BEHIND: "older than its baseline, beyond the environment's budget",
    State.UNKNOWN: "never read, nothing to judge by, or not fully known",
    State.ABSENT: "looked for and not found",
    State.WAITING: "older than its baseline, within the environment's budget",
    State.LEADING: "nothing to compare with",
    State.IN_STEP: "the same as its baseline",
}

FLAG_WORDS: dict[Flag, str] = {
    Flag.TAG_MOVED: "one tag, several different digests, or another than the registry's",
    Flag.REBUILT: "the same version text as its baseline, other digests",
    Flag.BYPASSED: "never seen ready in an earlier environment",
    Flag.SPEC_DIFFERS: "running ≠ requested: pods run another image than the workload requests",
    Flag.STUCK: "rollout exceeded its deadline",
    Flag.DEGRADED: "fewer replicas ready than wanted, for too long",
    Flag.MIXED: "its deployments disagree",
    Flag.PARTIAL: "held between two revisions by a partition, OnDelete or a pause",
    Flag.UNPINNED: "a moving tag where images must be pinned",
    Flag.STALE: "it or its baseline was last read too long ago; shown as it was then",
    Flag.UNCHECKED: "pods or registry could not be read, so some flags could not be evaluated",
    Flag.ROLLING: "a rollout is under way",
    Flag.IDLE: "scaled to zero",
}
