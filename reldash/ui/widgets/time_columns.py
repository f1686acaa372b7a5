"""Times in Streamlit's tables: how long ago, and exactly when in a column of its own.

Its tables have nothing on hover. Both columns hold the time itself, so both sort by it.
"""

from collections.abc import Sequence
from typing import TypeAlias

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

Columns: TypeAlias = dict[str, ColumnConfig]


def exact_name(name: str) -> str:
    """The column with the exact times of the column `name`."""
    return f"{name} (UTC)"


def with_exact(frame: pd.DataFrame, names: Sequence[str]) -> tuple[pd.DataFrame, Columns]:
    """A frame whose times can be read both ways, and how its columns are to be shown.

    Args:
        frame: with aware UTC times under `names`; it is left as it is.
        names: each gets a column under `exact_name`, after all others.
    """
    columns: Columns = {}
    for name in names:
        columns[name] = st.column_config.DatetimeColumn(format="distance", timezone="UTC")
        columns[exact_name(name)] = st.column_config.DatetimeColumn(
            format="YYYY-MM-DD HH:mm:ss", timezone="UTC"
        )
    return frame.assign(**{exact_name(name): frame[name] for name in names}), columns
