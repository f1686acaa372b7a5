"""A view is a link: what the URL holds is what the widgets and the rows show."""

from dataclasses import replace

import pytest

from reldash.domain.drift.states import Flag, State
from reldash.domain.matrix.cells import Axis
from reldash.domain.matrix.filters import Filter
from reldash.services.context import Context
from reldash.services.reports.inventory import load_inventory
from reldash.services.reports.matrix import load_matrix
from reldash.ui.widgets.page_links import page_query
from tests.integration.pages.screens import grid_data, open_page

FILTERS = {
    "text": ("platform", Filter(text="vault 2.6")),
    "environments": ("platform", Filter(environments=("stg", "prod"))),
    "clusters": ("platform", Filter(clusters=("platform-prod-eu", "platform-stg"))),
    "a namespace's pattern": ("platform", Filter(namespaces=("lit-*",))),
    "customers": ("customer_solutions", Filter(customers=("acme",))),
    "owners": ("platform", Filter(owners=("risk",))),
    "states": ("platform", Filter(states=(State.AHEAD, State.IN_STEP))),
    "flags": ("platform", Filter(flags=(Flag.TAG_MOVED, Flag.MIXED))),
    "only differences": ("platform", Filter(differs=True)),
    "sidecars": ("platform", Filter(sidecars=True, text="istio")),
    "columns by customer": ("customer_solutions", Filter(axis=Axis.CUSTOMER)),
    "the newest as baseline": ("platform", Filter(baseline="newest")),
    "an environment as baseline": ("platform", Filter(baseline="dev")),
    "many at once": (
        "platform",
        Filter(text="a", environments=("prod",), states=(State.WAITING,), differs=True),
    ),
}

pytestmark = pytest.mark.usefixtures("context")


@pytest.mark.parametrize(("page", "chosen"), FILTERS.values(), ids=FILTERS)
def test_the_grid_gets_the_rows_of_the_widgets_and_its_own_filters(
    page: str, chosen: Filter, context: Context
) -> None:
    matrix, options = grid_data(open_page(page, chosen.to_query()))
    in_grid = Filter(
        text=chosen.text, states=chosen.states, flags=chosen.flags, differs=chosen.differs
    )
    of_widgets = replace(chosen, text="", states=(), flags=(), differs=False)
    expected = load_matrix(context, page.replace("_", "-"), of_widgets, context.now())
    assert expected.rows
    assert [row[0] for row in matrix["rows"]] == [row.service for row in expected.rows]
    assert [column["key"] for column in matrix["columns"]] == [c.key for c in expected.columns]
    assert len(options["heads"]) == len(expected.columns)
    assert Filter.from_query(options["query"]) == of_widgets
    assert options["exports"] == f"export/matrix/{page.replace('_', '-')}"
    assert {tuple(pair) for pair in in_grid.to_query()} <= {tuple(p) for p in options["chosen"]}


@pytest.mark.parametrize(("page", "chosen"), FILTERS.values(), ids=FILTERS)
def test_a_url_is_kept_as_it_was_given(page: str, chosen: Filter) -> None:
    session = open_page(page, chosen.to_query())
    kept = {k: [v] if isinstance(v, str) else v for k, v in session.query_params.items()}
    assert kept == page_query(chosen)


def test_a_filter_value_that_no_longer_exists_is_kept() -> None:
    session = open_page("platform", [("owner", "a-team-that-left")])
    assert session.multiselect(key="owner").value == ["a-team-that-left"]
    assert grid_data(session)[0]["rows"] == []


@pytest.mark.parametrize("key", ["baseline", "state", "flag", "sort", "dir"])
def test_what_cannot_exist_is_an_error_in_words(key: str) -> None:
    session = open_page("platform", [(key, "nowhere")])
    assert not session.exception
    assert "nowhere" in session.error[0].value
    assert not session.caption  # trying again would change nothing


def test_clear_filters_brings_everything_back(context: Context) -> None:
    session = open_page("platform", FILTERS["many at once"][1].to_query())
    session.button(key="reldash_clear_filters").click().run()
    assert not session.query_params
    everything = load_matrix(context, "platform", Filter(), context.now())
    matrix, options = grid_data(session)
    assert len(matrix["rows"]) == len(everything.rows) == options["total"]
    assert all(not value for _, value in options["chosen"])


@pytest.mark.parametrize(
    "chosen",
    [
        Filter(),
        Filter(text="redis"),
        Filter(clusters=("platform-stg",), sidecars=True),
        Filter(environments=("prod",), owners=("risk",)),
        Filter(namespaces=("cust-*",), customers=("acme",)),
    ],
)
def test_the_inventory_shows_exactly_the_containers_of_its_filter(
    chosen: Filter, context: Context
) -> None:
    session = open_page("inventory", chosen.to_query())
    expected = load_inventory(context, chosen, context.now())
    assert not expected.empty
    shown = session.dataframe[0].value
    key = ["cluster", "namespace", "workload", "container", "image"]
    assert shown[key].to_numpy().tolist() == expected[key].to_numpy().tolist()
