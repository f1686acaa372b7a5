"""Two sides compared: what differs first, by chips and words, at a URL, as files."""

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from reldash.domain.matrix.cell_text import iso
from reldash.services.context import Context
from tests.integration.pages.screens import html_of, open_page, query_of, rows_of_table

LABEL = "stg now against prod now"

pytestmark = pytest.mark.usefixtures("context")


def compare(**query: str) -> AppTest:
    session = open_page("compare", query.items())
    assert not session.exception
    assert not session.error
    return session


def test_at_first_it_is_what_could_be_promoted() -> None:
    session = compare()
    found = rows_of_table(html_of(session), LABEL)
    by_name = {row[0]: row for row in found}
    _, stg, prod, difference, distance = by_name["invoicing"]
    assert stg.startswith("2.14.1")
    assert prod.startswith("2.11.0")
    assert difference == "▲ newer on the left by semver"
    assert distance == "3 minor ahead"


def test_what_only_one_side_has_is_not_there_on_the_other() -> None:
    found = {row[0]: row[1:] for row in rows_of_table(html_of(compare()), LABEL)}
    assert found["audit-trail"][1:3] == ["absent", "◁ only on the left"]


def test_what_was_not_read_is_not_said_to_be_missing() -> None:
    session = compare(left="shared", right="prod")
    found = rows_of_table(html_of(session), "shared now against prod now")
    unread = [row[1] for row in found if row[3] == "? unknown"]
    assert unread
    assert "absent" not in unread


def test_what_differs_stands_first() -> None:
    found = rows_of_table(html_of(compare()), LABEL)
    same = [row[3].endswith("the same") for row in found]
    assert same == sorted(same)
    assert True in same
    assert False in same


def test_chips_count_each_kind_and_filter() -> None:
    session = compare()
    chips = {chip.rpartition(" ")[0]: int(chip.rpartition(" ")[2]) for chip in _chips(session)}
    assert sum(chips.values()) == len(rows_of_table(html_of(session), LABEL))
    found = rows_of_table(html_of(compare(kind="older")), LABEL)
    assert len(found) == chips["▼ older on the left"]
    assert {row[3].partition(" by")[0] for row in found} == {"▼ older on the left"}


def test_text_filters_by_service_and_version() -> None:
    found = rows_of_table(html_of(compare(text="VAULT 2.6")), LABEL)
    assert [row[0] for row in found] == ["card-vault"]


def test_sides_can_be_swapped() -> None:
    session = compare(left="lit", right="cluster:platform-stg")
    session.button(key="reldash_swap").click().run()
    assert query_of(session) == {"left": ["cluster:platform-stg"], "right": ["lit"]}
    assert "between platform-stg now and lit now" in html_of(session)


def test_a_side_can_be_past(context: Context) -> None:
    at = context.now().replace(microsecond=0) - timedelta(days=10)
    session = compare(left="prod", right=f"prod@{iso(at)}")
    assert f"between prod now and prod as of {at:%Y-%m-%d %H:%M} UTC" in html_of(session)
    assert session.selectbox(key="reldash_moment_right").value == f"{at:%Y-%m-%d %H:%M:%S} UTC"
    session.selectbox(key="reldash_moment_right").set_value("Now").run()
    assert query_of(session) == {"left": ["prod"], "right": ["prod"]}


def test_another_place_keeps_the_moment(context: Context) -> None:
    at = iso(context.now() - timedelta(days=10))
    session = compare(left="prod", right=f"prod@{at}")
    session.selectbox(key="reldash_place_right").set_value("cluster:platform-prod-eu").run()
    assert query_of(session)["right"] == [f"cluster:platform-prod-eu@{at}"]


def test_customers_and_namespaces_can_be_sides() -> None:
    session = compare(
        dashboard="customer-solutions", left="customer:prod/acme", right="customer:prod/globex"
    )
    assert "between customer acme in prod now and customer globex in prod now" in html_of(session)
    options = session.selectbox(key="reldash_place_left").options
    assert "customer acme in stg" in options
    assert "namespace cust-acme in prod" in options


def test_what_is_often_compared_is_one_click_away() -> None:
    session = compare(text="vault")
    session.button(key="reldash_compare_prod now and a week ago").click().run()
    assert query_of(session)["left"] == ["prod"]
    assert query_of(session)["right"][0].startswith("prod@")
    assert "text" not in query_of(session)
    clusters = next(b for b in session.button if b.label.startswith("platform\\-prod"))
    assert clusters.label.replace("\\", "") == "platform-prod-eu and platform-prod-us"


@pytest.mark.parametrize("text", ["nowhere", "cluster:", "prod@tomorrow", "prod@2999-01-01", "<b>"])
def test_a_side_that_cannot_be_is_named_and_another_one_shown(text: str) -> None:
    session = compare(left=text)
    assert text.partition("@")[2] or text in session.warning[0].value.replace("\\", "")
    assert "The page compares" in session.warning[0].value
    assert rows_of_table(html_of(session), LABEL)


def test_a_side_that_is_not_there_says_so() -> None:
    html = html_of(compare(left="cluster:gone"))
    assert "Nothing to compare" in html
    assert "gone" in html


def test_before_the_first_read_there_is_nothing_to_compare(unread_context: Context) -> None:
    del unread_context
    session = compare()
    assert "No data for either side" in html_of(session)


def test_the_files_are_of_what_is_shown() -> None:
    html = html_of(compare(right="prod", kind="newer", text="a"))
    query = "dashboard=platform&amp;left=stg&amp;right=prod&amp;kind=newer&amp;text=a"
    assert f'href="export/compare.csv?{query}"' in html
    assert f'href="export/compare.json?{query}"' in html


def _chips(session: AppTest) -> list[str]:
    (chips,) = session.get("button_group")
    return [option.content for option in chips.proto.options]
