"""The release train: moves builds stage by stage from dev to prod while the demo runs.

Deterministic for a seed and a number of steps.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random

from reldash.demo.build_sequence import Build
from reldash.demo.controllers import advance, run_job
from reldash.demo.fleet_state import FleetState, ReleaseLine, deploy_build
from reldash.demo.images import image_of, publish_build
from reldash.demo.manifests import manifest_of
from reldash.demo.topology import CLUSTERS, ReadProblem
from reldash.demo.workload import Kind, Workload

_MAX_IN_PROGRESS = 6  # releases at a time
_REMOVED_AT = 15  # steps, a minute at speed 1: by then the workload has been read
_REMOVED = ("platform-stg", "landing-pages")
_ALWAYS_ROLLING = ("platform-dev", "ab-testing")
_DOWN_EVERY, _DOWN_FOR, _FIRST_DOWN = 75, 25, 30  # steps
_JOB_EVERY = 20  # steps between two runs of CronJobs without a new release


@dataclass(slots=True)
class ReleaseInProgress:
    """One build on its way; `stage` is the last one it was deployed to."""

    line: ReleaseLine
    build: Build
    stage: int = 0

    @property
    def has_arrived(self) -> bool:
        """Whether its stage has finished the rollout."""
        return all(workload.settled for workload in self.line.stages[self.stage])


class ReleaseTrain:
    """Moves versions through the fleet, one `step` at a time.

    The caller holds the fleet's lock during a step. `now` returns the time; `set_down` takes a
    cluster's name and whether to refuse its connections.
    """

    def __init__(
        self,
        fleet_state: FleetState,
        seed: int,
        now: Callable[[], datetime],
        set_down: Callable[[str, bool], None],
    ) -> None:
        self.steps = 0
        self._fleet_state = fleet_state
        self._now = now
        self._set_down = set_down
        self._random = Random(f"{seed}/train")  # noqa: S311 - a demo must repeat
        self._in_progress: list[ReleaseInProgress] = []
        self._rolling: list[Workload] = []
        self._serial = 0

    def step(self) -> None:
        """Advance every rollout one step; then start, promote, remove or break something."""
        self.steps += 1
        self._advance_rollouts()
        self._keep_one_rolling()
        self._in_progress = [j for j in self._in_progress if not self._is_over(j)]
        if self.steps % 2 == 0:
            self._move_one()
        if self.steps == _REMOVED_AT:
            gone = self._fleet_state.find(*_REMOVED)
            self._fleet_state.clusters[gone.cluster].remove(gone)
        if self.steps % _JOB_EVERY == 0:
            self._run_jobs()
        self._flap()

    def _advance_rollouts(self) -> None:
        at = self._now()
        for workload in self._rolling:
            if advance(workload, at):
                self._fleet_state.clusters[workload.cluster].put(workload)
        self._rolling = [workload for workload in self._rolling if not workload.settled]

    def _is_over(self, release: ReleaseInProgress) -> bool:
        return release.has_arrived and release.stage == len(release.line.stages) - 1

    def _move_one(self) -> None:
        """Promote a release that has finished its stage, else start another."""
        ready = [release for release in self._in_progress if release.has_arrived]
        if ready and (len(self._in_progress) >= _MAX_IN_PROGRESS or self._random.random() < 0.7):
            release = self._random.choice(ready)
            release.stage += 1
            self._deploy(release.line, release.build, release.stage)
            return
        under_way = {release.line.service.name for release in self._in_progress}
        idle = [
            line
            for name, line in self._fleet_state.lines.items()
            if name not in under_way and all(w.settled for stage in line.stages for w in stage)
        ]
        if len(self._in_progress) >= _MAX_IN_PROGRESS or not idle:
            return
        line = self._random.choice(idle)
        dice = self._random.random()
        if dice < 0.08:
            self._hotfix(line)
        elif dice < 0.14:
            self._roll_back(line)
        else:
            build = line.builds.following(self._now())
            line.made.append(build)
            self._publish(line, build)
            self._in_progress.append(ReleaseInProgress(line, build))
            self._deploy(line, build, 0)

    def _hotfix(self, line: ReleaseLine) -> None:
        """Deploy a hotfix to the last stage only, which is then ahead and bypassed the others."""
        wanted = line.stages[-1][0].wanted
        base = next((b for b in line.made if self._is_wanted(line, wanted.image, b)), line.made[0])
        build = line.builds.hotfix(base, self._now())
        self._publish(line, build)
        self._deploy(line, build, len(line.stages) - 1)

    def _publish(self, line: ReleaseLine, build: Build) -> None:
        registry = self._fleet_state.registry
        publish_build(registry, line.service, build.tag, build.commit, build.made_at)

    def _is_wanted(self, line: ReleaseLine, image: str, build: Build) -> bool:
        cluster = line.stages[-1][0].cluster
        region = next(plan.region for plan in CLUSTERS if plan.name == cluster)
        return image_of(line.service, build.tag, build.commit, region)[0] == image

    def _roll_back(self, line: ReleaseLine) -> None:
        """Roll the last stage but one back to its previous template, that is, ReplicaSet."""
        for workload in line.stages[-2]:
            if len(workload.templates) > 1:
                before = workload.templates[-2]
                workload.add_template(before.image, before.image_id, before.version, self._now())
                self._start_rollout(workload)

    def _deploy(self, line: ReleaseLine, build: Build, stage: int) -> None:
        for workload in line.stages[stage]:
            deploy_build(line.service, workload, build, self._now())
            self._start_rollout(workload)

    def _start_rollout(self, workload: Workload) -> None:
        if workload.kind is Kind.CRON_JOB:
            run_job(workload, self._now())
        elif workload not in self._rolling:
            self._rolling.append(workload)
        self._fleet_state.clusters[workload.cluster].put(workload)

    def _keep_one_rolling(self) -> None:
        """Release one service again and again in dev, so that a rollout is always visible."""
        workload = self._fleet_state.find(*_ALWAYS_ROLLING)
        if not workload.settled:
            return
        self._serial += 1
        repository = workload.wanted.image_id.partition("@")[0]
        path = repository.partition("/")[2]
        tag = f"0.{41 + self._serial}.0"
        manifest = manifest_of(path, tag)
        self._fleet_state.registry.push(path, tag, manifest, self._now())
        digest = f"{repository}@{manifest.digest}"
        workload.add_template(f"{repository}:{tag}", digest, tag, self._now())
        self._start_rollout(workload)

    def _run_jobs(self) -> None:
        at = self._now()
        for state in self._fleet_state.clusters.values():
            for workload in list(state.workloads.values()):
                if workload.kind is Kind.CRON_JOB and not workload.suspended:
                    run_job(workload, at)
                    state.put(workload)

    def _flap(self) -> None:
        phase = (self.steps - _FIRST_DOWN) % _DOWN_EVERY
        if self.steps < _FIRST_DOWN or phase not in {0, _DOWN_FOR}:
            return
        for plan in CLUSTERS:
            if plan.trouble is ReadProblem.FLAPPING:
                self._set_down(plan.name, phase == 0)
