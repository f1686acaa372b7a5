"""What browsers load while Streamlit starts there, instead of when the first matrix has come."""

import re
from collections.abc import Iterator
from pathlib import Path

from reldash.services.grid_assets import GridAssets

# The part of Streamlit's page that runs components; it is asked for when the first one is drawn.
_RUNNER = "BidiComponent.*.js"
_IMPORT = re.compile(r"""(?:from|import)\s*"\./([\w.-]+\.js)\"""")


def preload_header(assets: GridAssets, index: Path) -> str:
    """The value of a header `Link` that names the grid's modules and what of Streamlit runs them.

    Addresses are relative to a page's own, so that a base path is kept.

    Args:
        assets: the grid's.
        index: Streamlit's index.html, which names what else is loaded at once.
    """
    modules = [f"{assets.path}/{name}" for name in assets.files if name.endswith(".js")]
    styles = [f"{assets.path}/{name}" for name in assets.files if name.endswith(".css")]
    scripts = [f"static/js/{name}" for name in runner_scripts(index)]
    return ", ".join(
        [f"<{path}>; rel=modulepreload" for path in [*scripts, *modules]]
        + [f"<{path}>; rel=preload; as=style" for path in styles]
    )


def runner_scripts(index: Path) -> list[str]:
    """The scripts that Streamlit loads late for components; none where it has no such part."""
    known = index.read_text()
    folder = index.parent / "static" / "js"
    waiting = [path.name for path in folder.glob(_RUNNER)]
    found: list[str] = []
    while waiting:
        name = waiting.pop()
        if name not in found and name not in known:
            found.append(name)
            waiting.extend(_imports(folder / name))
    return found


def _imports(script: Path) -> Iterator[str]:
    """The scripts beside it that a script cannot begin without."""
    for match in _IMPORT.finditer(script.read_text()):
        yield match.group(1)
