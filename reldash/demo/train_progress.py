"""How far the release train has come, kept between runs.

The database outlives the demo. A train that began anew would look as if everything had been
rolled back while nobody watched.
"""

import json
from contextlib import suppress
from pathlib import Path

_MOST = 20_000  # about a day at speed 1; taking more than that again would delay the start


def save_progress(folder: Path, seed: int, steps: int) -> None:
    """Note that the train of this seed has taken so many steps."""
    path = _path(folder)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"seed": seed, "steps": steps}))
    fresh.replace(path)


def load_progress(folder: Path, seed: int) -> int:
    """How many steps the train of this seed had taken; 0 if none is known, or too many."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        noted = json.loads(_path(folder).read_text())
        if noted["seed"] == seed and 0 < int(noted["steps"]) <= _MOST:
            return int(noted["steps"])
    return 0


def _path(folder: Path) -> Path:
    return folder / "progress.json"
