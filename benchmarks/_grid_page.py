"""A page with a synthetic matrix, its size in the URL: ?services=5000&columns=8.

Without `services` it shows only a title. `odd` adds names that try to break the page.
"""

import streamlit as st

from benchmarks._matrices import make_matrix
from reldash.domain.matrix.cells import Matrix
from reldash.domain.matrix.filters import Filter
from reldash.ui.dashboard.grid import CellAddress, render_matrix
from reldash.ui.matrix_grid.payload import Payload, make_payload
from reldash.ui.widgets.filters import with_grid_filters


@st.cache_resource  # noqa: TID251 - a page of its own, outside the dashboard
def make(services: int, columns: int, odd: bool) -> tuple[Matrix, Payload]:
    """The matrix with what is sent of it."""
    made = make_matrix(services, columns, odd=odd)
    return made, make_payload(made)


st.set_page_config(layout="wide")
st.title("Platform")
requested = st.query_params
if "services" in requested:
    matrix, payload = make(
        int(requested["services"]), int(requested["columns"]), "odd" in requested
    )
    st.button("Again")  # a run in which nothing changes
    render_matrix(matrix, payload, Filter(), with_grid_filters(Filter()), CellAddress("", ""), "")
