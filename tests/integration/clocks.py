"""A clock that stands still, for what waits for seconds to pass."""


class Clock:
    """Takes the place of module `time`: its seconds pass only when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def monotonic(self) -> float:
        """As `time.monotonic`."""
        return self.seconds
