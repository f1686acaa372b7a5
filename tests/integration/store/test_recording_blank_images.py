"""A template without an image, of which no pod runs, says nothing: its history goes on."""

from dataclasses import replace
from typing import Any

import pytest

from reldash.domain.workloads.observations import Observation
from tests.integration.store.reads import MINUTE, History
from tests.unit.builders import NOW, observation


def blank(**fields: Any) -> Observation:
    return replace(observation(), image="", **fields)


@pytest.mark.parametrize(
    "unknown",
    [
        blank(running=(), wanted=0, ready=0),
        blank(running=()),
        blank(running=None),
    ],
    ids=["scaled to zero", "no pods", "pods unread"],
)
def test_a_blank_image_ends_no_rollout(history: History, unknown: Observation) -> None:
    history.read(observation(version="1"), at=NOW)
    history.read(unknown, at=NOW + MINUTE)
    assert history.intervals == [("1", 0, None)]
    history.read(observation(version="2"), at=NOW + 2 * MINUTE)
    assert history.intervals == [("1", 0, 2), ("2", 2, None)]


def test_history_starts_with_the_first_image_that_is_known(history: History) -> None:
    history.read(blank(running=()), at=NOW)
    assert history.intervals == []
    assert history.observations["api"].image == ""
    history.read(observation(version="1"), at=NOW + MINUTE)
    assert history.intervals == [("1", 1, None)]
