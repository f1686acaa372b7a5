"""Progress of the release train, saved between runs.

The database outlives the demo: a train that started from the beginning would look as if everything
had been rolled back.
"""

import json
from contextlib import suppress
from pathlib import Path

_MOST = 20_000  # about a day at speed 1; repeating more steps would delay the start


def save_progress(folder: Path, seed: int, steps: int) -> None:
    """Save the number of steps that the train of this seed has taken."""
    path = _path(folder)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"seed": seed, "steps": steps}))
    fresh.replace(path)


def load_progress(folder: Path, seed: int) -> int:
    """Load the number of steps taken with this seed; 0 if unknown or more than a day's worth."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        saved = json.loads(_path(folder).read_text())
        if saved["seed"] == seed and 0 < int(saved["steps"]) <= _MOST:
            return int(saved["steps"])
    return 0


def _path(folder: Path) -> Path:
    return folder / "progress.json"
