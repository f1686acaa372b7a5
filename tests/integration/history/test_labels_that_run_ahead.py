"""A moving tag with the version in a label, which changes before the pods do."""

import pytest

from reldash.domain.workloads.observations import Observation, Progress, RolloutStatus
from reldash.store import Store
from tests.integration.store.reads import CLUSTER, MINUTE, History
from tests.unit.builders import NOW, REGISTRY, observation, running

VERSION = "app.kubernetes.io/version"
IMAGE = f"{REGISTRY}/api:main"


def settled(version: str) -> Observation:
    return observation(image=IMAGE, build=version, labels={VERSION: version})


def rolling(version: str, leaving: str) -> Observation:
    """A rollout: the template is new, the running pods are old."""
    return observation(
        image=IMAGE,
        labels={VERSION: version},
        status=RolloutStatus(Progress.PROGRESSING),
        running=(
            running(IMAGE, build=leaving, current=False),
            running(IMAGE, 1, image_id="", ready=0),
        ),
    )


@pytest.fixture
def history(store: Store) -> History:
    return History(store)


def labels(history: History) -> list[str | None]:
    """The version label of each interval, oldest first."""
    return [
        record.description.labels[VERSION] if record.description else None
        for record in reversed(history.store.history.load_records(clusters=[CLUSTER]))
    ]


def test_an_interval_keeps_its_label_during_the_next_rollout(history: History) -> None:
    history.read(settled("1.4.2"), at=NOW)
    history.read(rolling("1.5.0", leaving="1.4.2"), at=NOW + MINUTE)
    assert labels(history) == ["1.4.2"]
    history.read(settled("1.5.0"), at=NOW + 2 * MINUTE)
    assert labels(history) == ["1.4.2", "1.5.0"]


def test_a_corrected_label_is_stored(history: History) -> None:
    history.read(settled("1.4.2"), at=NOW)
    corrected = observation(image=IMAGE, build="1.4.2", labels={VERSION: "1.4.3"})
    history.read(corrected, at=NOW + MINUTE)
    assert labels(history) == ["1.4.3"]


def test_a_rollout_of_the_same_build_stores_its_label_when_complete(history: History) -> None:
    history.read(settled("1.4.2"), at=NOW)
    history.read(rolling("1.4.3", leaving="1.4.2"), at=NOW + MINUTE)
    done = observation(image=IMAGE, build="1.4.2", labels={VERSION: "1.4.3"})
    history.read(done, at=NOW + 2 * MINUTE)
    assert labels(history) == ["1.4.3"]
