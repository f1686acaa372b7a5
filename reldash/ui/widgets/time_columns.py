"""Times in Streamlit's tables: relative, and exact in a column of its own.

These tables show nothing on hover. Both columns hold the time itself, so both sort by it.
"""

from collections.abc import Sequence
from typing import TypeAlias

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

Columns: TypeAlias = dict[str, ColumnConfig]


def exact_name(name: str) -> str:
    """The name of the column with the exact times of column `name`."""
    return f"{name} (UTC)"


def add_exact_times(frame: pd.DataFrame, names: Sequence[str]) -> tuple[pd.DataFrame, Columns]:
    """Add exact times to a frame; returns the new frame and its column configuration.

    Args:
        frame: with aware UTC times in the columns `names`; it is not changed.
        names: each gets a column named `exact_name`, after all others.
    """
    columns: Columns = {}
    for name in names:
        columns[name] = st.column_config.DatetimeColumn(format="distance", timezone="UTC")
        columns[exact_name(name)] = st.column_config.DatetimeColumn(
            format="YYYY-MM-DD HH:mm:ss", timezone="UTC"
        )
    return frame.assign(**{exact_name(name): frame[name] for name in names}), columns
