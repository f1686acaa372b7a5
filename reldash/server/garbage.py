"""Timed garbage collection, in place of Streamlit's own after every run."""

import gc
import threading

INTERVAL_SECONDS = 60.0


class GarbageCollector:
    """Frees objects that refer to each other, at a fixed interval, in a thread of its own."""

    # Streamlit would run a full collection after every script and fragment run, and each one stops
    # all sessions: with 100 open pages that took 88 % of the interpreter's time, so .streamlit/
    # config.toml switches it off. Closed sessions are full of cycles that Python's automatic
    # collections reach late in a large heap; one full collection a minute keeps memory bounded.

    def __init__(self, interval: float = INTERVAL_SECONDS) -> None:
        self._interval = interval
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="garbage", daemon=True)

    def start(self) -> None:
        """Start collecting, until `stop`; the first collection comes after one interval."""
        self._thread.start()

    def stop(self) -> None:
        """Stop, and wait for the end of a collection that is under way."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._interval):
            gc.collect()
