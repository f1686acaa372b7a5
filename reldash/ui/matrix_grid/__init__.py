"""The matrix grid: our own component in plain ES modules, and its options from Python.

It is two components: one has the cells, the other the options and the columns' status. So a run
that changes no cell sends none, since Streamlit keeps unchanged messages in the browser. The
user's choices in the grid come back as the page's URL (`assets/view.js`).
"""

from collections.abc import Sequence
from typing import TypedDict

import streamlit as st

from reldash.services.grid_assets import load_assets
from reldash.ui.matrix_grid.payload import Payload


class Head(TypedDict):
    """The age of a column's data: short, and in full on hover."""

    fresh: str
    help: str


class GridOptions(TypedDict):
    """The grid's options, beside its cells.

    Attributes:
        id: of the payload that it draws.
        label: the accessible name.
        heads: one for each column.
        query: query pairs of the page's filter widgets, for the exports.
        chosen: all other query pairs, as Python has read them. The grid reads its own URL, and
            reads it again when these change.
        exports: the URL of the exports without their suffix, relative to the page's.
        noun: of a row, in the singular.
        total: the number of rows before any filter.
        as_of: the moment that the matrix shows, in seconds since the epoch: ages are relative to
            it. None for the browser's current time.
        scans: said while only rows with critical findings are shown: of how many images scans are
            known; "" if of all.
    """

    id: str
    label: str
    heads: Sequence[Head]
    query: Sequence[tuple[str, str]]
    chosen: Sequence[tuple[str, str]]
    exports: str
    noun: str
    total: int
    as_of: float | None
    scans: str


def _loader(module: str) -> str:
    """JavaScript that Streamlit runs for a component: it loads our module and mounts it."""
    return f"""
const address = new URL("{load_assets().path}/{module}", document.baseURI);
const module = import(address.href);
export default async (component) => (await module).mount(component);
"""


_CELLS = st.components.v2.component(
    "reldash_matrix_cells", js=_loader("store.js"), isolate_styles=False
)
_GRID = st.components.v2.component(
    "reldash_matrix_grid", js=_loader("mount.js"), isolate_styles=False
)


def render_matrix_grid(payload: Payload, options: GridOptions, *, key: str) -> None:
    """Draw a matrix.

    Args:
        payload: its cells.
        options: see `GridOptions`.
        key: the same from run to run for one dashboard, so that the grid stays as it is.
    """
    with st.container(gap=None):
        _CELLS(data=payload.body, key=f"{key}-cells")
        _GRID(data=options, key=key)
