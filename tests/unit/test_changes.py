"""What changed last: an interval of a container that followed another."""

from datetime import datetime

import pandas as pd

from reldash.domain.model import ContainerRole, Observation, Rollout, RolloutSource
from reldash.services.changes import changes_frame
from tests.unit.builders import REGISTRY, days_ago, fleet_rules, observation

RULES = fleet_rules()


def rollout(of: Observation, version: str, started_at: datetime, **fields: object) -> Rollout:
    values: dict[str, object] = {
        "digests": (),
        "ended_at": None,
        "ready_at": started_at,
        "source": RolloutSource.OBSERVED,
    } | fields
    return Rollout(of.key, f"{REGISTRY}/api:{version}", started_at=started_at, **values)  # type: ignore[arg-type]


def frame_of(*rollouts: Rollout, limit: int = 10) -> pd.DataFrame:
    newest_first = sorted(rollouts, key=lambda r: r.started_at, reverse=True)
    return changes_frame(newest_first, RULES, limit)


def test_a_change_names_both_versions_and_the_place() -> None:
    api = observation("stg")
    frame = frame_of(rollout(api, "1.4.1", days_ago(9)), rollout(api, "1.4.2", days_ago(2)))
    row = frame.iloc[0]
    assert (row["from"], row["to"]) == ("1.4.1", "1.4.2")
    assert (row["environment"], row["cluster"], row["namespace"]) == ("stg", "stg", "shop")
    assert row["at"] == days_ago(2)
    assert len(frame) == 1


def test_what_was_found_at_first_is_no_change() -> None:
    assert frame_of(rollout(observation(), "1.4.2", days_ago(2))).empty


def test_a_rebuild_shows_the_digests_that_tell_it_apart() -> None:
    api = observation()
    ids = [f"{REGISTRY}/api@sha256:{digit * 64}" for digit in "ab"]
    frame = frame_of(
        rollout(api, "1.4.2", days_ago(9), digests=(ids[0],)),
        rollout(api, "1.4.2", days_ago(2), digests=(ids[1],)),
    )
    assert (frame["from"][0], frame["to"][0]) == ("1.4.2 @aaaaaaaaaaaa", "1.4.2 @bbbbbbbbbbbb")


def test_the_newest_come_first_and_no_more_than_asked_for() -> None:
    api = observation()
    steps = [rollout(api, f"1.4.{i}", days_ago(20 - i)) for i in range(6)]
    assert frame_of(*steps, limit=2)["to"].tolist() == ["1.4.5", "1.4.4"]


def test_containers_are_told_apart_and_only_main_ones_count() -> None:
    dev, prod = observation("dev"), observation("prod")
    sidecar = observation("dev", container="proxy", role=ContainerRole.SIDECAR)
    frame = frame_of(
        rollout(dev, "1", days_ago(9)),
        rollout(prod, "2", days_ago(8)),
        rollout(prod, "3", days_ago(7)),
        rollout(sidecar, "4", days_ago(6)),
        rollout(sidecar, "5", days_ago(5)),
    )
    assert frame["cluster"].tolist() == ["prod"]
    assert (frame["from"][0], frame["to"][0]) == ("2", "3")


def test_no_history_is_an_empty_frame_with_times() -> None:
    frame = frame_of()
    assert frame.empty
    assert isinstance(frame["at"].dtype, pd.DatetimeTZDtype)
