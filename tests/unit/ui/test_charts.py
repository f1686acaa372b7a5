"""Charts: their colours, their words, and what plotly is given."""

import tomllib
from pathlib import Path

import plotly.graph_objects as go
import pytest

from reldash.domain.drift.states import State
from reldash.ui.widgets import charts
from reldash.ui.widgets.charts import render_legend
from reldash.ui.widgets.state_badges import STATE_COLOURS
from tests.unit.ui.test_contrast import contrast

PROJECT = Path(__file__).resolve().parents[3]
THEMES = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text())["theme"]


@pytest.mark.parametrize(("theme", "number"), [("light", 0), ("dark", 1)])
def test_the_browser_puts_the_colours_in_that_legends_show(theme: str, number: int) -> None:
    assert THEMES[theme]["chartCategoricalColors"] == [c[number] for c in charts.NAMED_COLOURS]
    assert THEMES[theme]["chartSequentialColors"] == [c[number] for c in charts.ORDERED_COLOURS]


@pytest.mark.parametrize(("theme", "number"), [("light", 0), ("dark", 1)])
def test_colours_stand_out_from_the_page(theme: str, number: int) -> None:
    page = THEMES[theme]["backgroundColor"]
    for colours in (*charts.NAMED_COLOURS, *charts.ORDERED_COLOURS):
        assert contrast(colours[number], page) >= 3  # WCAG 2.2, 1.4.11


@pytest.mark.parametrize(("theme", "number"), [("light", 0), ("dark", 1)])
def test_what_has_an_order_leads_away_from_the_page_step_by_step(theme: str, number: int) -> None:
    page = THEMES[theme]["backgroundColor"]
    found = [contrast(colours[number], page) for colours in charts.ORDERED_COLOURS]
    assert found == sorted(set(found))


def test_a_state_has_the_colour_it_has_everywhere() -> None:
    figure = charts.new_figure(
        go.Bar(x=[1], y=[1], name=state, marker_color=charts.state_colour(state)) for state in State
    )
    legend = render_legend(figure)
    assert legend is not None
    for state, (light, dark) in STATE_COLOURS.items():
        assert f'light-dark({light},{dark})" aria-hidden="true"></span>{state}</li>' in legend


@pytest.mark.parametrize("number", range(1, 11))
def test_up_to_ten_things_have_a_colour_each(number: int) -> None:
    assert len(set(charts.shades(number))) == number


def test_there_are_colours_for_any_number_of_things() -> None:
    assert charts.shades(0) == []
    assert len(charts.shades(300)) == 300


def test_names_with_markup_are_text_in_the_figure_and_in_the_legend() -> None:
    name = '<b onclick="x">&amp;1'
    figure = charts.new_figure(
        go.Bar(x=[1], y=[1], name=charts.text(name), marker_color=colour)
        for colour in charts.shades(2)
    )
    assert figure.data[0].name == '&lt;b onclick="x"&gt;&amp;amp;1'
    legend = render_legend(figure)
    assert legend is not None
    assert "&lt;b onclick=&quot;x&quot;&gt;&amp;amp;1</li>" in legend
    assert "<b " not in legend


def test_a_single_series_needs_no_legend() -> None:
    figure = charts.new_figure([go.Scatter(x=[1], y=[1], name="one", line_color=charts.ACCENT)])
    assert render_legend(figure) is None


def test_a_series_can_be_left_out_of_the_legend() -> None:
    figure = charts.new_figure(
        go.Scatter(x=[1], y=[1], name=name, line_color=charts.ACCENT, showlegend=name != "c")
        for name in "abc"
    )
    legend = render_legend(figure)
    assert legend is not None
    assert legend.count("<li>") == 2
