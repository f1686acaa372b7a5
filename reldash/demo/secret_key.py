"""The secret key of the demo's server, kept so that a restart signs nobody out."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

_BYTES = 32


def load_key(folder: Path) -> str:
    """Load the key for RELDASH_SECRET_KEY from the folder, or create and save one.

    Only the owner can read the file.
    """
    path = folder / "secret-key"
    with suppress(OSError, ValueError):
        kept = path.read_text().strip()
        if len(bytes.fromhex(kept)) == _BYTES:
            return kept
    key = secrets.token_hex(_BYTES)
    folder.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    opened = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w") as file:
        file.write(f"{key}\n")
    fresh.replace(path)
    return key
