"""The pods that decide the version of an Argo Rollout, among those that it keeps."""

import pytest

from reldash.domain.builds.canary import stable_runs
from reldash.domain.workloads.observations import Candidate, Observation, Running, WorkloadKind
from tests.unit.builders import REGISTRY, observation, running

OLD, STABLE, NEW = (f"{REGISTRY}/api:{version}" for version in ("1.4.1", "1.4.2", "1.5.0"))
MIRROR = "mirror.example.com/shop/api:1.4.2"


def rollout(*runs: Running, candidate: str | None = None) -> Observation:
    canary = Candidate(candidate, "canary", 10, 1) if candidate else None
    return observation(image=STABLE, kind=WorkloadKind.ROLLOUT, running=runs, candidate=canary)


def kept(image: str) -> Running:
    """Pods of an earlier ReplicaSet, kept by `scaleDownDelaySeconds`."""
    return running(image, 2, current=False, revision="r0")


@pytest.mark.parametrize(
    ("observed", "images"),
    [
        pytest.param(
            rollout(running(STABLE), kept(OLD)), [STABLE], id="kept after a switch: not of it"
        ),
        pytest.param(
            rollout(running(STABLE), kept(NEW)), [STABLE], id="kept after an abort: not of it"
        ),
        pytest.param(
            rollout(kept(STABLE), running(NEW, 1), candidate=NEW), [STABLE], id="a canary"
        ),
        pytest.param(
            rollout(kept(STABLE), running(NEW, 1), kept(OLD), candidate=NEW),
            [STABLE],
            id="a canary, and pods kept from before",
        ),
        pytest.param(
            rollout(kept(MIRROR), running(NEW, 1), candidate=NEW),
            [MIRROR],
            id="rewritten stable pods",
        ),
        pytest.param(
            rollout(kept(OLD)), [OLD], id="nothing of the current revision: what there is"
        ),
        pytest.param(rollout(), [], id="no pods"),
    ],
)
def test_only_pods_of_the_stable_replica_set_decide(
    observed: Observation, images: list[str]
) -> None:
    assert [run.image for run in stable_runs(observed)] == images


def test_a_canary_of_the_same_image_is_known_by_its_revision() -> None:
    stable, canary = running(STABLE, current=False), running(STABLE, 1, build="another")
    assert stable_runs(rollout(stable, canary, candidate=STABLE)) == (stable,)


def test_all_pods_of_another_kind_decide() -> None:
    runs = (running(STABLE), kept(OLD))
    assert stable_runs(observation(image=STABLE, running=runs)) == runs
