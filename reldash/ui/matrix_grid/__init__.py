"""The matrix grid: a component of our own in plain ES modules, and what Python tells it.

Two components stand for it. One carries the cells, the other what is chosen and how fresh columns
are: so a run that changes no cell sends none, since Streamlit keeps unchanged messages in the
browser. What a person does in the grid comes back as the page's URL (`assets/view.js`).
"""

from collections.abc import Sequence
from typing import TypedDict

import streamlit as st

from reldash.services.grid_assets import load_assets
from reldash.ui.matrix_grid.payload import Payload


class Head(TypedDict):
    """How fresh a column is: in a word, and in a sentence."""

    fresh: str
    help: str


class GridOptions(TypedDict):
    """What the grid is told beside the cells.

    Attributes:
        id: of the payload that it draws.
        label: what the grid is called to those who cannot see it.
        heads: one for each column.
        query: pairs of the filter that widgets of the page made; exports are asked with them.
        chosen: pairs of all else, as Python has read them. The grid reads its own URL; when these
            differ from what they were, it looks there again.
        exports: the address of the exports without their suffix, relative to the page's.
        noun: what a row is, in the singular.
        total: how many rows there are before any filter.
        as_of: the moment that the matrix shows, in seconds since the epoch: what waited then is
            told as it was then. None for now, whenever that is in the browser.
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


def _loader(module: str) -> str:
    """What Streamlit runs for a component: it loads a module of ours and hands over to it."""
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


def render_matrix_grid(payload: Payload, told: GridOptions, *, key: str) -> None:
    """Draw a matrix.

    Args:
        payload: its cells.
        told: the rest; see `GridOptions`.
        key: the same from run to run for one dashboard, so that the grid stays as it is.
    """
    with st.container(gap=None):
        _CELLS(data=payload.body, key=f"{key}-cells")
        _GRID(data=told, key=key)
