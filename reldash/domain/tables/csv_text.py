"""CSV without formulas: texts that a spreadsheet would run are made harmless, and quoted."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd
from pandas.api.types import is_numeric_dtype

from reldash.domain.matrix.cell_text import iso

# Where a spreadsheet would read a formula: at the start of a text, and behind what separates cells
# for a spreadsheet of another country (";", tabs) or ends a line, with or without quotes. Tabs and
# line ends at the start are skipped to reach one.
_FORMULA_START = re.compile(r"""((?:^|[;\t\r\n])["']*)(?=[=+\-@\t\r\n])""")

# Characters that require quotes around a field.
_SPECIAL = re.compile('[",\r\n]')


def frame_csv(frame: pd.DataFrame) -> str:
    """A frame as CSV without its index.

    Headers and texts get an apostrophe wherever a spreadsheet would read a formula. Times are
    ISO 8601 in UTC; missing values are empty; numbers are unchanged.
    """
    columns = [[_harmless(str(head)), *_csv_texts(values)] for head, values in frame.items()]
    lines = [",".join(map(_quoted, texts)) for texts in zip(*columns, strict=True)]
    return "".join(f"{line}\n" for line in lines)


def times(values: Sequence[datetime | None]) -> "pd.Series[pd.Timestamp]":
    """A column of times, of one type even if all are missing."""
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
    return _FORMULA_START.sub(r"\1'", text)


def _quoted(text: str) -> str:
    """A field of CSV (RFC 4180); pandas would leave a lone carriage return unquoted."""
    if not _SPECIAL.search(text):
        return text
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
