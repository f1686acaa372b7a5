"""One place of a service: what it runs, the flags it gives, whether it decides anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reldash.domain.cells import Place
from reldash.domain.flags import place_flags, rolling
from reldash.domain.model import RolloutSource, Running, Sighting
from reldash.domain.rows import Placed
from reldash.domain.running import Runs, runs_of, status_text
from reldash.domain.states import Flag
from reldash.domain.told import Told
from reldash.domain.view import View


@dataclass(frozen=True, slots=True)
class PlaceRuns:
    """A placed container with what it runs.

    Attributes:
        sightings: what was seen of the container, in any order.
        flags: those that this place alone gives, in the enum's order, with their sentences.
        stale: a sentence that says when it was last read, if that is too long ago; else "".
        counts: whether it decides states, `mixed` and baselines: neither stale nor idle.
        told: what registries tell of what it runs.
    """

    placed: Placed
    runs: Runs
    sightings: Sequence[Sighting]
    flags: Mapping[Flag, str]
    stale: str
    counts: bool
    told: Told

    @property
    def version(self) -> str:
        """The version of the build that most of its pods run."""
        return self.runs.builds[0].version

    @property
    def open_rollout(self) -> Sighting | None:
        """The sighting that has not ended; None if none is known."""
        for sighting in self.sightings:
            if sighting.current_started_at is not None:
                return sighting
        return None

    @property
    def label(self) -> str:
        """Cluster, namespace and workload, as sentences name a place."""
        o = self.placed.observation
        return f"{o.cluster} {o.namespace}/{o.workload}"


def look_at(placed: Placed, sightings: Sequence[Sighting], view: View) -> PlaceRuns:
    """What a place runs and which flags it gives, as far as it was read lately enough."""
    observation = placed.observation
    collect = view.rules.collect
    runs = runs_of(observation, rolling=bool(rolling(observation, collect)))
    told, stale = view.told.of(runs), ""
    if view.coverage.is_stale(observation.observed_at):
        stale = view.coverage.last_read(observation.cluster, observation.observed_at)
    environment = view.environments[placed.environment]
    return PlaceRuns(
        placed=placed,
        runs=runs,
        sightings=sightings,
        flags=(
            {Flag.STALE: stale}
            if stale
            else place_flags(observation, runs, environment, collect, told)
        ),
        stale=stale,
        counts=not stale and observation.wanted != 0,
        told=told,
    )


def shown_place(place: PlaceRuns) -> Place:
    """The place as a cell's details show it."""
    o, told = place.placed.observation, place.told
    rollout = place.open_rollout
    images, digests, waiting = _of_pods(o.running or ())
    return Place(
        cluster=o.cluster,
        environment=place.placed.environment,
        namespace=o.namespace,
        customer=place.placed.customer,
        kind=o.kind,
        workload=o.workload,
        container=o.container,
        role=o.role,
        image=o.image,
        version=place.version,
        running=images,
        digests=digests,
        ready=o.known_ready,
        wanted=o.wanted,
        status=status_text(o),
        since=rollout.current_started_at if rollout else None,
        since_approximate=rollout is not None and rollout.source is RolloutSource.REVISION,
        observed_at=o.read_at,
        waiting=waiting,
        flags=tuple(place.flags),
        pushed_at=told.pushed_at,
        size=told.size,
        scan=told.scan,
        current=told.current,
        registry=told.unreached,
        labels=o.labels,
        annotations=o.annotations,
    )


def _of_pods(
    running: Sequence[Running],
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Distinct images, image ids and waiting reasons; mostly there is but one kind of pod."""
    if len(running) == 1:
        only = running[0]
        return (only.image,), (only.image_id,) if only.image_id else (), only.waiting
    return (
        tuple(dict.fromkeys(run.image for run in running)),
        tuple(dict.fromkeys(run.image_id for run in running if run.image_id)),
        tuple(sorted({reason for run in running for reason in run.waiting})),
    )
