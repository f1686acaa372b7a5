"""The same work on many things, some at once."""

import queue
import threading
from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def in_parallel(work: Callable[[T], None], things: Iterable[T], at_once: int) -> None:
    """Do `work` on each thing, on at most `at_once` at a time; returns when all is done.

    The first exception that `work` raises is raised here then; what had not begun is left out.
    The threads are daemons: a pool's would keep a process that wants to end waiting for an address
    that does not answer.
    """
    waiting: queue.SimpleQueue[T] = queue.SimpleQueue()
    for thing in things:
        waiting.put(thing)
    failures: list[Exception] = []

    def run() -> None:
        while not failures:
            try:
                thing = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                work(thing)
            except Exception as error:  # noqa: BLE001 - raised again below, where somebody looks
                failures.append(error)

    threads = [
        threading.Thread(target=run, name=f"parallel {number}", daemon=True)
        for number in range(min(at_once, waiting.qsize()))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def get_parallel(get: Callable[[T], R], things: Iterable[T], at_once: int) -> list[R]:
    """What `get` gives for each thing, in their order; otherwise as `in_parallel`."""
    numbered = list(enumerate(things))
    got: dict[int, R] = {}

    def work(each: tuple[int, T]) -> None:
        number, thing = each
        got[number] = get(thing)

    in_parallel(work, numbered, at_once)
    return [got[number] for number, _ in numbered]
