"""A blank image, which a webhook fills in later: its version is unknown, not another one."""

from dataclasses import replace

from reldash.domain.drift.states import State
from reldash.domain.workloads.observations import Observation
from tests.unit.builders import observation
from tests.unit.matrix_builders import cell_in


def blank(cluster: str) -> Observation:
    return replace(observation(cluster, running=()), image="")


def test_a_blank_image_is_unknown_with_a_reason() -> None:
    cell = cell_in("prod", [observation("stg", "1.4.2"), blank("prod")])
    assert (cell.version, cell.state, cell.drift) == ("", State.UNKNOWN, False)
    assert cell.reason == (
        "prod runs an image that is not known: its pod template names none, "
        "and no pod is known to run one"
    )


def test_against_a_blank_image_nothing_is_claimed() -> None:
    cell = cell_in("prod", [blank("stg"), observation("prod", "1.4.2")])
    assert (cell.version, cell.state, cell.drift) == ("1.4.2", State.UNKNOWN, False)
    assert "how it compares with stg is not known" in cell.reason


def test_two_blank_images_are_not_in_step() -> None:
    assert cell_in("prod", [blank("stg"), blank("prod")]).state is State.UNKNOWN
