"""Two servers over the demo fleet: one as it is, one whose guards can be taken away."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.dashboards import Dashboard, dashboard

# While a file of that name exists, the part of the product that it names does nothing.
SWITCHES = """
from pathlib import Path
from uuid import UUID
from reldash.domain.accounts import Role, SessionUser
from reldash.server.session_guard import SessionGuard
from reldash.ui import gate
somebody = SessionUser(str(UUID(int=1)), "a@example.com", "A", Role.ADMIN, "2")
async def straight_through(self, scope, receive, send):
    await self.app(scope, receive, send)
def switch(name, whole, nothing):
    return lambda *given: (nothing if (Path(FOLDER) / name).exists() else whole)(*given)
gate.enter = switch("gate", gate.enter, lambda: somebody)
gate.require = switch("page guards", gate.require, lambda: somebody)
SessionGuard.__call__ = switch("session guard", SessionGuard.__call__, straight_through)
"""


@pytest.fixture(scope="session")
def plain(
    collected: tuple[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Dashboard]:
    """The server as it is."""
    with dashboard(*collected, tmp_path_factory.mktemp("plain")) as served:
        yield served


@pytest.fixture(scope="session")
def other(
    collected: tuple[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Dashboard, Path]]:
    """Another server, and the folder of the files that take parts of it away."""
    folder = tmp_path_factory.mktemp("other")
    switches = folder / "switches"
    switches.mkdir()
    changes = f"FOLDER = {str(switches)!r}\n{SWITCHES}"
    with dashboard(*collected, folder, changes=changes) as served:
        yield served, switches


@pytest.fixture
def without(other: tuple[Dashboard, Path]) -> Iterator[Callable[..., Dashboard]]:
    """Call it with parts of the product for a server without them, until the test ends."""
    served, switches = other

    def take_away(*parts: str) -> Dashboard:
        for part in parts:
            (switches / part).touch()
        return served

    yield take_away
    for switch in switches.iterdir():
        switch.unlink()


@pytest.fixture
def no_gate(without: Callable[..., Dashboard]) -> Dashboard:
    """A server without the gate: each page's own guard must do."""
    return without("gate")


@pytest.fixture
def no_session_guard(without: Callable[..., Dashboard]) -> Dashboard:
    """A server without the session guard: what each run checks by itself must do."""
    return without("session guard")
