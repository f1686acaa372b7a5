"""Static files of the matrix grid: ES modules and a style sheet, served unchanged.

Their path contains a hash of their content, so that browsers may cache them forever.
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
    """The grid's files, read once per process.

    Attributes:
        digest: hash over all names and contents.
        files: content by file name.
    """

    digest: str
    files: Mapping[str, bytes]

    @property
    def path(self) -> str:
        """The path they are served at, relative to the server's root."""
        return f"assets/{self.digest}"


@cache
def load_assets() -> GridAssets:
    """The files in the grid's folder, read once."""
    files = {path.name: path.read_bytes() for path in sorted(FOLDER.iterdir())}
    sha = hashlib.sha256()
    for name, content in files.items():
        sha.update(f"{name}\n{len(content)}\n".encode())
        sha.update(content)
    return GridAssets(sha.hexdigest()[:16], MappingProxyType(files))
