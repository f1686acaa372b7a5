"""Link header for preloading: browsers load the grid while Streamlit starts, not after."""

import re
from collections.abc import Iterator
from pathlib import Path

from reldash.services.grid_assets import GridAssets

# The part of Streamlit's frontend that runs components, loaded when the first one is drawn.
_RUNNER = "BidiComponent.*.js"
_IMPORT = re.compile(r"""(?:from|import)\s*"\./([\w.-]+\.js)\"""")


def preload_header(assets: GridAssets, index: Path) -> str:
    """Build a `Link` header with the grid's modules and the Streamlit scripts that run them.

    URLs are relative to the page, so that a base path is kept.

    Args:
        assets: the grid's files.
        index: path of Streamlit's index.html, which lists the scripts that load anyway.
    """
    modules = [f"{assets.path}/{name}" for name in assets.files if name.endswith(".js")]
    styles = [f"{assets.path}/{name}" for name in assets.files if name.endswith(".css")]
    scripts = [f"static/js/{name}" for name in runner_scripts(index)]
    return ", ".join(
        [f"<{path}>; rel=modulepreload" for path in [*scripts, *modules]]
        + [f"<{path}>; rel=preload; as=style" for path in styles]
    )


def runner_scripts(index: Path) -> list[str]:
    """List the scripts that Streamlit loads late for components; empty if it has none."""
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
    """Yield the scripts in the same folder that a script imports statically."""
    for match in _IMPORT.finditer(script.read_text()):
        yield match.group(1)
