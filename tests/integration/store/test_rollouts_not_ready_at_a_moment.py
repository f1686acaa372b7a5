"""At a past moment the previous rollout counts until the next one had a ready replica."""

import pytest

from reldash.domain.workloads.observations import Progress, RolloutStatus
from reldash.store import Store
from tests.integration.store.reads import CLUSTER, MINUTE, History
from tests.unit.builders import NOW, REGISTRY, observation, running

OLD, NEW = f"{REGISTRY}/api:1.4.2", f"{REGISTRY}/api:1.5.0"


@pytest.fixture
def history(store: Store) -> History:
    return History(store)


def test_the_store_gives_what_was_leaving(history: History) -> None:
    before = running(OLD, current=False)
    under_way = RolloutStatus(Progress.PROGRESSING)
    history.read(observation(image=OLD))
    history.read(observation(image=NEW, running=(before,), status=under_way))
    history.read(observation(image=NEW))
    history.read(observation(image=NEW))
    during = history.store.snapshots.load_at([CLUSTER], NOW + 2.5 * MINUTE).observations
    assert [(o.image, next((r.image, r.current) for r in o.running or ())) for o in during] == [
        (NEW, (OLD, False))
    ]
    after = history.store.snapshots.load_at([CLUSTER], NOW + 3 * MINUTE).observations
    assert [[r.image for r in o.running or ()] for o in after] == [[NEW]]
