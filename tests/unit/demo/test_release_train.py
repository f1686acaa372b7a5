"""The demo's release train: order of promotions, and determinism."""

from datetime import UTC, datetime, timedelta

import pytest

from reldash.demo.apps import deployment_json
from reldash.demo.fleet_state import FleetState, ReleaseLine, build_fleet_state
from reldash.demo.release_train import ReleaseTrain
from reldash.demo.workload import Kind, PodState, Workload

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Ride:
    """A fleet state and its train, with a clock that advances four seconds per step."""

    def __init__(self, seed: int = 1) -> None:
        self.now = NOW
        self.downs: list[tuple[int, str, bool]] = []
        self.state: FleetState = build_fleet_state(seed, NOW)
        self.train = ReleaseTrain(self.state, seed, lambda: self.now, self._set_down)

    def step(self, times: int = 1) -> None:
        for _ in range(times):
            self.now += timedelta(seconds=4)
            self.train.step()

    def images(self) -> dict[tuple[str, str, str], list[str]]:
        return {
            (state.name, workload.namespace, workload.name): [t.image for t in workload.templates]
            for state in self.state.clusters.values()
            for workload in state.workloads.values()
        }

    def _set_down(self, name: str, down: bool) -> None:
        self.downs.append((self.train.steps, name, down))


def ab_testing(ride: Ride) -> Workload:
    return ride.state.find("platform-dev", "ab-testing")


def test_the_same_seed_and_steps_give_the_same_fleet() -> None:
    one, other = Ride(seed=7), Ride(seed=7)
    one.step(60)
    other.step(60)
    assert one.images() == other.images()


def test_another_seed_gives_another_fleet() -> None:
    assert Ride(seed=1).images() != Ride(seed=2).images()


def test_nothing_changes_between_steps() -> None:
    ride = Ride()
    before = ride.images()
    assert ride.images() == before
    ride.step(10)
    assert ride.images() != before


def first_steps(line: ReleaseLine, ride: Ride, steps: int) -> dict[str, list[int | None]]:
    """Return, by image tag, the step of its first deployment at each stage."""
    known = {w.wanted.image.rpartition(":")[2] for stage in line.stages for w in stage}
    seen: dict[str, list[int | None]] = {}
    for step in range(steps):
        ride.step()
        for index, stage in enumerate(line.stages):
            tag = stage[0].wanted.image.rpartition(":")[2]
            if tag not in known:
                row = seen.setdefault(tag, [None] * len(line.stages))
                row[index] = step if row[index] is None else row[index]
    return seen


def test_a_build_reaches_every_stage_in_order() -> None:
    ride = Ride()
    lines = [line for line in ride.state.lines.values() if line.service.team == "payments"]
    whole = []
    for line in lines:
        journeys = first_steps(line, ride, 200)
        whole += [row for row in journeys.values() if None not in row]
    assert whole
    assert all(row == sorted(row, key=lambda step: step or 0) for row in whole)


def test_a_rollout_is_always_in_progress() -> None:
    ride = Ride()
    for _ in range(100):
        ride.step()
        reasons = {
            condition["reason"]
            for condition in deployment_json(ab_testing(ride))["status"]["conditions"]
        }
        assert "ReplicaSetUpdated" in reasons


def test_a_rolling_update_passes_through_pods_of_both_revisions() -> None:
    ride = Ride()
    ride.step(4)
    workload = ab_testing(ride)
    assert workload.updated
    assert workload.outdated


def test_a_deployment_keeps_its_replicas_ready_while_it_rolls() -> None:
    ride = Ride()
    for _ in range(60):
        ride.step()
        workload = ab_testing(ride)
        ready = [pod for pod in workload.live if pod.state is PodState.READY]
        assert workload.replicas <= len(ready) <= workload.replicas + 1


def test_old_revisions_are_pruned() -> None:
    ride = Ride()
    ride.step(400)
    counts = [
        len(workload.templates)
        for state in ride.state.clusters.values()
        for workload in state.workloads.values()
    ]
    assert max(counts) <= 8  # six, and the two between which a rollout stands


def test_one_service_is_removed_after_a_while() -> None:
    ride = Ride()
    assert ride.state.find("platform-stg", "landing-pages")
    ride.step(15)
    with pytest.raises(KeyError):
        ride.state.find("platform-stg", "landing-pages")
    state = ride.state.clusters["platform-stg"]
    pods = [stored.key for stored in state.list_objects("pods", "storefront")]
    assert pods
    assert not any("landing-pages" in name for _, name in pods)


def test_one_cluster_is_down_from_time_to_time() -> None:
    ride = Ride()
    ride.step(160)
    assert {name for _, name, _ in ride.downs} == {"solutions-prod-us"}
    assert [down for *_, down in ride.downs] == [True, False, True, False]
    steps = [step for step, *_ in ride.downs]
    assert steps == sorted(steps)


def test_a_new_image_of_a_cron_job_starts_a_new_job() -> None:
    ride = Ride()
    line = ride.state.lines["payout-batch"]
    workload = line.stages[0][0]
    before = workload.wanted
    while workload.wanted is before:
        ride.step()
    assert workload.kind is Kind.CRON_JOB
    assert list(workload.jobs.values())[-1][0] is workload.wanted
    assert len(workload.jobs) == 3


def test_a_rollback_uses_the_old_replica_set_again() -> None:
    workload = build_fleet_state(1, NOW).find("platform-prod-eu", "pricing")
    workload.add_template("r/pricing:7", "r/pricing@sha256:7", "7", NOW)
    old, new = workload.templates[0], workload.wanted
    old_made_at, old_hash = old.created_at, old.hash
    back = workload.add_template(old.image, old.image_id, old.version, NOW + timedelta(hours=1))
    assert (back.created_at, back.hash) == (old_made_at, old_hash)
    assert back.number > new.number
    assert workload.wanted is back


def test_a_broken_rollout_stays_broken() -> None:
    ride = Ride()
    workload = ride.state.find("platform-prod-us", "kyc-check")
    before = [(pod.name, pod.state) for pod in workload.pods]
    ride.step(50)
    assert [(pod.name, pod.state) for pod in workload.pods] == before
