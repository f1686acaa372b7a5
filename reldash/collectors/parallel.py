"""Several things at once, in threads that keep no process from ending."""

import queue
import threading
from collections.abc import Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_threads(
    function: Callable[[Item], Result], items: Iterable[Item], most: int
) -> list[Result]:
    """The results for all items, in their order; at most so many at once.

    The threads are daemons: those of a pool would keep a process that wants to end waiting for a
    server that does not answer.

    Raises:
        BaseException: what the function raised for the first of the items that it failed for.
    """
    waiting: queue.SimpleQueue[tuple[int, Item]] = queue.SimpleQueue()
    count = 0
    for each in items:
        waiting.put((count, each))
        count += 1
    results: dict[int, Result] = {}
    errors: dict[int, BaseException] = {}

    def work() -> None:
        while True:
            try:
                place, item = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                results[place] = function(item)
            except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
                errors[place] = error

    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(most, count))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[min(errors)]
    return [results[place] for place in range(count)]
