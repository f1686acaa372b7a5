"""CSV that no spreadsheet takes for a formula: every text field is made harmless and quoted."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd
from pandas.api.types import is_numeric_dtype

from reldash.domain.matrix.cell_text import iso

# How spreadsheets recognise a formula, or are led to one.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")

# What makes a field of CSV need quotes.
_SPECIAL = re.compile('[",\r\n]')


def frame_csv(frame: pd.DataFrame) -> str:
    """Any frame as CSV without its index, made harmless as in `matrix_csv`.

    Times are ISO 8601 in UTC; what is missing is empty; numbers are as they are.
    """
    columns = [[_harmless(str(head)), *_csv_texts(values)] for head, values in frame.items()]
    lines = [",".join(map(_quoted, texts)) for texts in zip(*columns, strict=True)]
    return "".join(f"{line}\n" for line in lines)


def times(values: Sequence[datetime | None]) -> "pd.Series[pd.Timestamp]":
    """Times as a column, of one type even where all are missing."""
    return pd.Series(list(values), dtype="datetime64[us, UTC]")


def _csv_texts(values: "pd.Series[Any]") -> list[str]:
    missing = values.isna()
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return [
            "" if gone else iso(at.to_pydatetime())
            for at, gone in zip(values, missing, strict=True)
        ]
    texts = ["" if gone else str(value) for value, gone in zip(values, missing, strict=True)]
    return texts if is_numeric_dtype(values.dtype) else [_harmless(text) for text in texts]


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _quoted(text: str) -> str:
    """A field of CSV (RFC 4180); pandas would leave a lone carriage return unquoted."""
    if not _SPECIAL.search(text):
        return text
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
