"""A read of a server that does not respond, or not completely, ends at the time limit."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime, localtime

import pytest

from reldash.collectors.http.responses import retry_after
from reldash.collectors.kubernetes.read_cluster import get_cluster, time_limit
from reldash.config import ClusterEntry, ServerAccess
from reldash.domain.fleet.rules import CollectRules
from reldash.domain.workloads.reads import ClusterRead, ReadFailure
from tests.integration.collectors.conftest import Fail, Read
from tests.integration.collectors.kubernetes_objects import deployment
from tests.integration.recorded_server import LISTS, Answer, ApiServer, listed, status

DEPLOYMENTS = LISTS["deployments"]
QUICK = CollectRules(timeout=timedelta(seconds=0.5))


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds


def elsewhere(entry: ClusterEntry, url: str) -> ClusterEntry:
    assert isinstance(entry.access, ServerAccess)
    return replace(entry, access=replace(entry.access, url=url))


def failure_of(entry: ClusterEntry, rules: CollectRules = QUICK) -> ReadFailure:
    found = get_cluster(entry, rules, revisions=False)
    assert isinstance(found, ReadFailure)
    return found


@pytest.mark.parametrize("path", ["/version", DEPLOYMENTS, LISTS["pods"]])
def test_a_server_that_falls_silent_is_left_after_the_timeout(
    server: ApiServer, entry: ClusterEntry, path: str
) -> None:
    server.answer(path, silent=True)
    with at_most(2):
        failure = failure_of(entry)
    assert failure.title == "No answer"
    assert "0.5 s" in failure.message


def test_a_server_that_accepts_and_never_speaks_is_left_after_the_timeout(
    entry: ClusterEntry,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute, at_most(2):
        url = f"https://127.0.0.1:{mute.getsockname()[1]}"
        assert failure_of(elsewhere(entry, url)).title == "No answer"


@pytest.mark.parametrize("path", ["/version", LISTS["pods"]])
def test_a_server_that_sends_a_byte_now_and_then_is_left_when_the_read_is_out_of_time(
    server: ApiServer, entry: ClusterEntry, path: str
) -> None:
    server.answer(path, drip=True)
    rules = replace(QUICK, timeout=timedelta(seconds=0.25))
    with at_most(time_limit(rules).total_seconds() + 1):
        assert failure_of(entry, rules).title == "Out of time"


def test_a_refused_connection_is_reported_at_once(entry: ClusterEntry) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with at_most(1):
        failure = failure_of(elsewhere(entry, f"https://127.0.0.1:{port}"))
    assert failure.title == "Connection refused"
    assert f"127.0.0.1:{port}" in failure.message


GOOD = Answer(body=listed([deployment()]))


@pytest.mark.parametrize("code", [429, 500, 502, 503, 504])
def test_a_transient_error_is_retried(server: ApiServer, read: Read, code: int) -> None:
    server.answer_in_turn(DEPLOYMENTS, Answer(code, status(code, "not now")), GOOD)
    assert len(read().observations) == 1


def test_it_is_retried_when_the_server_says_and_not_before(server: ApiServer, read: Read) -> None:
    busy = Answer(429, status(429, "too many"), {"Retry-After": "1"})
    server.answer_in_turn(DEPLOYMENTS, busy, GOOD)
    began = time.monotonic()
    assert len(read().observations) == 1
    assert time.monotonic() - began >= 1


def test_the_time_to_ask_again_may_be_a_date(server: ApiServer, read: Read) -> None:
    busy = Answer(503, status(503, "later"), {"Retry-After": format_datetime(localtime())})
    server.answer_in_turn(DEPLOYMENTS, busy, GOOD)
    assert len(read().observations) == 1


@pytest.mark.parametrize(
    "when", ["Mon, 01 Jan 99999999999 00:00:00 GMT", "later", "", "1 2 3", "\u00b2"]
)
def test_an_invalid_retry_after_is_ignored(when: str) -> None:
    assert retry_after({"Retry-After": when}) is None


def test_a_wait_longer_than_the_timeout_is_not_waited_for(
    server: ApiServer, entry: ClusterEntry
) -> None:
    for path in LISTS.values():
        body = status(429, "too many requests")
        server.answer(path, status=429, body=body, headers={"Retry-After": "3600"})
    with at_most(2):
        failure = failure_of(entry)
    assert failure.title == "Server error"
    assert "429: too many requests" in failure.message
    assert len(server.requests_for(DEPLOYMENTS)) == 1


def test_a_permanent_error_is_retried_a_bounded_number_of_times(
    server: ApiServer, read: Read
) -> None:
    server.answer(DEPLOYMENTS, status=500, body=status(500, "etcd is down"))
    found = read()
    assert [(part.kind, part.namespace) for part in found.unread] == [("Deployment", None)]
    assert "500: etcd is down" in found.unread[0].message
    assert len(server.requests_for(DEPLOYMENTS)) == 4


def test_a_truncated_response_is_retried(server: ApiServer, read: Read) -> None:
    server.answer_in_turn(DEPLOYMENTS, replace(GOOD, cut=True), GOOD)
    assert len(read().observations) == 1


def test_a_connection_that_always_breaks_fails_the_cluster(server: ApiServer, fail: Fail) -> None:
    for path in LISTS.values():
        server.handlers[path] = lambda _: replace(GOOD, cut=True)
    assert fail().title == "Connection lost"


def test_clusters_are_read_at_the_same_time_without_waiting_for_a_silent_one(
    entry: ClusterEntry,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute, ThreadPoolExecutor(10) as pool:
        silent = elsewhere(entry, f"https://127.0.0.1:{mute.getsockname()[1]}")
        rules = replace(QUICK, timeout=timedelta(seconds=4))
        waiting = pool.submit(get_cluster, silent, rules, revisions=False)
        others = list(
            pool.map(lambda _: get_cluster(entry, rules, revisions=False), range(9), timeout=3.5)
        )
        assert all(isinstance(other, ClusterRead) for other in others)
        assert not waiting.done()
