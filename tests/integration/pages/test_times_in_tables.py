"""Tables of pages show how long ago things were, and exactly when."""

import json

import pandas as pd
import pytest

from tests.integration.pages.screens import open_page

pytestmark = pytest.mark.usefixtures("context")


@pytest.mark.parametrize(
    ("page", "times"),
    [
        ("inventory", ["since", "observed at"]),
        ("clusters", ["last good read"]),
    ],
)
def test_each_time_is_shown_both_ways(page: str, times: list[str]) -> None:
    shown = open_page(page).dataframe[0]
    order = list(shown.proto.column_order) or list(shown.value.columns)
    for name in times:
        exact = f"{name} (UTC)"
        assert {name, exact} <= set(order)
        pd.testing.assert_series_equal(shown.value[name], shown.value[exact], check_names=False)
        assert json.loads(shown.proto.columns)[name]["type_config"]["format"] == "distance"
