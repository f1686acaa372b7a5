"""What browsers load for the matrix grid: ES modules and a style sheet, served as they are.

They stand under a name made of their content, so that browsers may keep them for good.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

FOLDER = Path(__file__).resolve().parents[1] / "ui" / "matrix_grid" / "assets"


@dataclass(frozen=True, slots=True)
class GridAssets:
    """All of them, as they were when first asked for.

    Attributes:
        digest: names their content.
        files: by name.
    """

    digest: str
    files: Mapping[str, bytes]

    @property
    def path(self) -> str:
        """Where they are served, relative to the server's root."""
        return f"assets/{self.digest}"


@cache
def load_assets() -> GridAssets:
    """The files beside the grid, read once."""
    files = {path.name: path.read_bytes() for path in sorted(FOLDER.iterdir())}
    sha = hashlib.sha256()
    for name, content in files.items():
        sha.update(f"{name}\n{len(content)}\n".encode())
        sha.update(content)
    return GridAssets(sha.hexdigest()[:16], MappingProxyType(files))
