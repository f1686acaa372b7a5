"""Bounded parallel execution in daemon threads."""

import queue
import threading
from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def in_parallel(work: Callable[[T], None], items: Iterable[T], at_once: int) -> None:
    """Call `work` on each item, at most `at_once` at a time; returns when all calls have ended.

    After the first exception no further item is started, and it is raised here at the end. The
    threads are daemons: a pool's threads would keep a process from exiting while an address does
    not answer.
    """
    waiting: queue.SimpleQueue[T] = queue.SimpleQueue()
    for item in items:
        waiting.put(item)
    failures: list[Exception] = []

    def run() -> None:
        while not failures:
            try:
                item = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                work(item)
            except Exception as error:  # noqa: BLE001 - raised again below, in the caller's thread
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


def get_parallel(get: Callable[[T], R], items: Iterable[T], at_once: int) -> list[R]:
    """The results of `get` for each item, in order; otherwise as `in_parallel`."""
    numbered = list(enumerate(items))
    got: dict[int, R] = {}

    def work(each: tuple[int, T]) -> None:
        number, item = each
        got[number] = get(item)

    in_parallel(work, numbered, at_once)
    return [got[number] for number, _ in numbered]
