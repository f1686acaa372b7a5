"""Which live pods an open rollout of the history speaks for in a list of results."""

from dataclasses import replace

import pytest

from reldash.domain.fleet.namespaces import Namespaces
from reldash.domain.history.image_search import ImagePlace
from reldash.domain.history.live_images import live_images
from reldash.domain.rollouts.records import RolloutRecord
from reldash.domain.workloads.observations import Observation, Rollout, RolloutSource, Running
from reldash.domain.workloads.snapshot import Snapshot
from reldash.services.reports.image_places import image_place, is_among, live_image_place
from tests.unit.builders import NOW, digest, fleet_rules, observation, running

NAMESPACES = Namespaces(fleet_rules())
WANTED = "docker.io/shop/api:1.4.2"
MIRRORED = "mirror.local/shop/api:1.4.2"
PULLED = f"mirror.local/shop/api@{digest('api:1.4.2')}"


def rollout_of(o: Observation, *digests: str) -> ImagePlace:
    rollout = Rollout(o.key, o.image, digests, NOW, None, NOW, RolloutSource.OBSERVED)
    return image_place("api:1.4.2", RolloutRecord(rollout, None), "", {}, NAMESPACES)


def pods_of(o: Observation, run: Running) -> ImagePlace:
    (live,) = live_images(Snapshot((replace(o, running=(run,)),)))
    return live_image_place("api:1.4.2", live, "", {}, NAMESPACES)


@pytest.mark.parametrize(
    ("reference", "image_id", "digests", "expected"),
    [
        (WANTED, PULLED, (PULLED,), True),
        (MIRRORED, PULLED, (PULLED,), True),  # a webhook had them pull it from a mirror
        (WANTED, "", (PULLED,), True),  # they start
        (MIRRORED, "", (PULLED,), False),
        (WANTED, f"mirror.local/shop/api@{digest('other')}", (PULLED,), False),
    ],
)
def test_an_open_rollout_speaks_for_pods_of_its_image_and_digests(
    reference: str, image_id: str, digests: tuple[str, ...], *, expected: bool
) -> None:
    o = observation(image=WANTED)
    live = pods_of(o, running(reference, image_id=image_id))
    assert is_among(live, [rollout_of(o, *digests)]) is expected


def test_without_an_open_rollout_pods_speak_for_themselves() -> None:
    o = observation(image=WANTED)
    assert not is_among(pods_of(o, running(WANTED, image_id=PULLED)), [])
