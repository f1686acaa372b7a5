"""A page as of a past moment: said so, in the URL and the exports, and calm."""

from datetime import datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from reldash.domain.matrix.cell_text import iso
from reldash.services.context import Context
from tests.integration.pages.screens import html_of, open_page, query_of

PAGES = ["platform", "inventory"]

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def at(context: Context) -> str:
    return iso(context.now() - timedelta(days=3))


def labels(session: AppTest) -> list[str]:
    return [button.label for button in session.button]


@pytest.mark.parametrize("page", PAGES)
def test_a_banner_says_which_moment_is_shown(page: str, at: str) -> None:
    session = open_page(page, [("at", at)])
    assert not session.exception
    assert not session.warning
    words = at.replace("T", " ").replace("Z", " UTC")
    assert f"<strong>As of {words}</strong>" in html_of(session)
    assert ">3 d ago<" in html_of(session)
    assert session.selectbox(key="reldash_as_of").value == words


@pytest.mark.parametrize("page", PAGES)
def test_nothing_can_be_refreshed_there(page: str, at: str) -> None:
    assert "Refresh" in labels(open_page(page))
    session = open_page(page, [("at", at)])
    assert not {"Refresh", "Clear cache"} & set(labels(session))
    assert "Data read" not in html_of(session)


@pytest.mark.parametrize("page", PAGES)
def test_one_step_leads_back_to_now(page: str, at: str) -> None:
    session = open_page(page, [("at", at), ("cluster", "platform-stg")])
    session.button(key="reldash_now").click().run()
    assert not session.exception
    assert query_of(session) == {"cluster": ["platform-stg"]}
    assert "As of" not in html_of(session)


@pytest.mark.parametrize("page", PAGES)
def test_a_link_older_than_what_is_kept_says_so_and_shows_now(page: str, context: Context) -> None:
    session = open_page(page, [("at", iso(context.now() - timedelta(days=9000)))])
    assert not session.exception
    assert not session.error
    assert "No history that far back" in session.warning[0].value
    assert "The page shows the current state" in session.warning[0].value
    assert "Refresh" in labels(session)


def test_steps_lead_through_time(context: Context) -> None:
    first = context.now() - timedelta(days=3)
    session = open_page("platform", [("at", iso(first))])
    session.button(key="reldash_step_1 d earlier").click().run()
    assert query_of(session)["at"] == [iso(first - timedelta(days=1))]
    session.button(key="reldash_step_1 h later").click().run()
    assert query_of(session)["at"] == [iso(first - timedelta(hours=23))]


def test_before_and_after_a_moment_are_one_click_away_or_compared() -> None:
    session = open_page("platform", [("at", "2026-01-05T17:00:00Z")])
    (link,) = [one for one in session.get("page_link") if "before and after" in one.proto.label]
    assert link.proto.query_string == (
        "dashboard=platform&left=prod%402026-01-05T17%3A15%3A00Z"
        "&right=prod%402026-01-05T16%3A45%3A00Z"
    )
    session.button(key="reldash_15 min before").click().run()
    assert query_of(session)["at"] == ["2026-01-05T16:45:00Z"]


def test_no_step_leads_into_the_future(context: Context) -> None:
    session = open_page("platform", [("at", iso(context.now() - timedelta(minutes=5)))])
    assert session.button(key="reldash_step_1 h later").disabled
    assert not session.button(key="reldash_step_1 h earlier").disabled


def test_what_is_unknown_then_is_shown_as_unknown(at: str) -> None:
    html = html_of(open_page("platform", [("at", at), ("service", "pricing"), ("column", "prod")]))
    assert "No cluster had been read by" in html  # the fleet was first read when the tests began
    article = html.partition("<article")[2].partition("</article>")[0]
    assert "6.2.3" in article
    assert "unknown" in article


def test_the_export_of_the_inventory_is_of_the_same_moment(at: str) -> None:
    html = html_of(open_page("inventory", [("at", at)]))
    assert f'href="export/inventory.csv?at={at.replace(":", "%3A")}"' in html


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("yesterday", "yesterday"),
        ("2026-13-01", "2026\\-13\\-01"),
        ("2999-01-01T00:00:00Z", "2999"),
        ("<b>x</b>", "\\<b\\>x"),
    ],
)
@pytest.mark.parametrize("page", PAGES)
def test_what_is_no_moment_is_named_and_the_page_goes_on(page: str, text: str, said: str) -> None:
    session = open_page(page, [("at", text)])
    assert not session.exception
    assert not session.error
    assert said in session.warning[0].value
    assert "The page shows the current state" in session.warning[0].value
    assert "Data read" in html_of(session)


def test_a_chosen_moment_becomes_exact_in_the_url(context: Context) -> None:
    session = open_page("platform")
    session.selectbox(key="reldash_as_of").set_value("24 h ago").run()
    (found,) = query_of(session)["at"]
    age = context.now() - timedelta(hours=24) - datetime.fromisoformat(found)
    assert timedelta(0) <= age < timedelta(minutes=2)
    assert f"As of {found.replace('T', ' ').replace('Z', ' UTC')}" in html_of(session)


def test_a_moment_goes_with_all_other_filters(at: str) -> None:
    session = open_page("inventory", [("at", at), ("text", "vault")])
    assert query_of(session)["text"] == ["vault"]
    images = session.dataframe[0].value["image"]
    assert len(images) > 0
    assert images.str.contains("vault").all()
