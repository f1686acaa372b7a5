"""A tag that always means the newest build: a label tells the version, before its pods do."""

import pytest

from reldash.domain.workloads.observations import Observation, Progress, RolloutStatus
from reldash.store import Store
from tests.integration.store.reads import CLUSTER, MINUTE, History
from tests.unit.builders import NOW, REGISTRY, observation, running

VERSION = "app.kubernetes.io/version"
IMAGE = f"{REGISTRY}/api:main"


def settled(version: str) -> Observation:
    return observation(image=IMAGE, build=version, labels={VERSION: version})


def under_way(version: str, leaving: str) -> Observation:
    """The template is the new one already, while the pods are still the old ones."""
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
    """Of each interval, the oldest first."""
    return [
        record.description.labels[VERSION] if record.description else None
        for record in reversed(history.store.history.load_records(clusters=[CLUSTER]))
    ]


def test_an_interval_keeps_its_label_while_the_next_one_comes_up(history: History) -> None:
    history.read(settled("1.4.2"), at=NOW)
    history.read(under_way("1.5.0", leaving="1.4.2"), at=NOW + MINUTE)
    assert labels(history) == ["1.4.2"]
    history.read(settled("1.5.0"), at=NOW + 2 * MINUTE)
    assert labels(history) == ["1.4.2", "1.5.0"]


def test_a_label_that_is_corrected_later_is_taken_over(history: History) -> None:
    history.read(settled("1.4.2"), at=NOW)
    corrected = observation(image=IMAGE, build="1.4.2", labels={VERSION: "1.4.3"})
    history.read(corrected, at=NOW + MINUTE)
    assert labels(history) == ["1.4.3"]


def test_a_rollout_that_brought_no_other_build_gives_its_label_in_the_end(history: History) -> None:
    history.read(settled("1.4.2"), at=NOW)
    history.read(under_way("1.4.3", leaving="1.4.2"), at=NOW + MINUTE)
    done = observation(image=IMAGE, build="1.4.2", labels={VERSION: "1.4.3"})
    history.read(done, at=NOW + 2 * MINUTE)
    assert labels(history) == ["1.4.3"]
