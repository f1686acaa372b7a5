"""Exports are made for few at a time; everything else goes on."""

from dataclasses import dataclass, field
from typing import Any

import anyio
import pytest
from anyio.from_thread import start_blocking_portal
from starlette.types import Message, Receive, Scope, Send

from reldash.domain.accounts import Role, SessionUser
from reldash.server.export_limit import ExportLimit


@dataclass
class Slow:
    """An application that answers once it is let go."""

    go: anyio.Event = field(default_factory=anyio.Event)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        await self.go.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})


def statuses(paths: list[tuple[str, str]]) -> tuple[list[int], list[Any]]:
    """As `request_all`, on an event loop of its own thread: this one may have another's."""
    with start_blocking_portal() as portal:
        found: tuple[list[int], list[Any]] = portal.call(request_all, paths)
    return found


async def request_all(paths: list[tuple[str, str]]) -> tuple[list[int], list[Any]]:
    """Request (user, path) at once from an application that ends when all of them have come.

    Returns the statuses, refusals first, and the headers of the first refusal.
    """
    slow = Slow()
    limited = ExportLimit(slow, most_of_one=2, most=3)
    started: list[Message] = []

    async def note(message: Message) -> None:
        if message["type"] == "http.response.start":
            started.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    async with anyio.create_task_group() as group:
        for user, path in paths:
            scope = {
                "type": "http",
                "path": path,
                "user": SessionUser(user, "a@example.com", "A", Role.VIEWER, "1"),
            }
            group.start_soon(limited, scope, receive, note)
        await anyio.wait_all_tasks_blocked()
        slow.go.set()
    return [message["status"] for message in started], started[0]["headers"]


def test_a_third_export_of_one_user_must_wait() -> None:
    found, headers = statuses([("ann", "/export/images.csv")] * 3)
    assert found == [429, 200, 200]
    assert (b"retry-after", b"2") in headers


def test_exports_of_all_users_have_a_limit() -> None:
    requests = [(user, "/export/inventory.csv") for user in ("ann", "ann", "ben", "cy")]
    assert statuses(requests)[0] == [429, 200, 200, 200]


@pytest.mark.parametrize("path", ["/", "/media/a", "/_stcore/stream"])
def test_other_requests_have_none(path: str) -> None:
    assert statuses([("ann", path)] * 5)[0] == [200] * 5
