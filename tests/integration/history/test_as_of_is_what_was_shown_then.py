"""The matrix of a past moment equals the one that the dashboard showed then."""

from collections.abc import Iterator
from typing import NamedTuple

from reldash.domain.drift.states import Flag
from reldash.domain.matrix.build import build_matrix
from reldash.domain.matrix.cells import Cell, Matrix
from tests.integration.history.conftest import RecordedScript
from tests.integration.history.oracle import Oracle
from tests.integration.history.release_plan import MOVING
from tests.integration.history.script_generator import CLUSTERS
from tests.integration.history.script_reads import RULES

# Flags that are known for past moments; the others need data that is not stored.
_STORED_FLAGS = {Flag.MIXED, Flag.REBUILT, Flag.BYPASSED, Flag.TAG_MOVED, Flag.UNPINNED, Flag.STALE}


class ComparableCell(NamedTuple):
    """The parts of a cell that must be equal then and now."""

    version: str
    versions: tuple[tuple[str, int], ...]
    state: str
    flags: frozenset[Flag]
    lag: object
    baseline: object
    method: str
    since: object
    places: frozenset[tuple[str, str, str, object, bool]]

    @classmethod
    def of(cls, cell: Cell) -> "ComparableCell":
        return cls(
            cell.version,
            tuple(sorted(cell.versions)),
            cell.state,
            frozenset(cell.flags) & _STORED_FLAGS,
            cell.lag,
            (cell.baseline, cell.baseline_version),
            cell.method,
            cell.since,
            frozenset(
                (p.cluster, p.namespace, p.version, p.since, p.since_approximate)
                for p in cell.places
            ),
        )


def test_a_past_matrix_equals_the_one_shown_at_that_moment(
    recorded_script: RecordedScript, oracle: Oracle
) -> None:
    compared = 0
    for now in recorded_script.shown:
        past = build_matrix(
            recorded_script.store.snapshots.load_at(CLUSTERS, now.as_of), RULES, now.dashboard,
            now=now.as_of,
        )  # fmt: skip
        assert [row.service for row in past.rows] == [row.service for row in now.rows]
        left_out = set(better_known_now(oracle, now))
        for key, cell in now.cells.items():
            if key[0] not in left_out:
                assert ComparableCell.of(past.cells[key]) == ComparableCell.of(cell), (
                    key,
                    now.as_of,
                )
                compared += 1
    assert compared > 3000


def better_known_now(oracle: Oracle, matrix: Matrix) -> Iterator[str]:
    """Services whose version is only in a label, during a rollout.

    The live matrix saw the new pods' label while the old pods ran, and fell back to their digest;
    history has kept the old pods' label.
    """
    for place in oracle.place_reads:
        state = oracle.as_of(place, matrix.as_of).state
        if place.service == MOVING and state is not None and not state.is_ready:
            yield state.name
