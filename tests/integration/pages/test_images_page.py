"""Where images run or ran: by a part of a reference, a tag, a digest, or a pasted list."""

import pytest
from streamlit.testing.v1 import AppTest

from reldash.domain.history.image_search import ImageResults
from reldash.services.context import Context
from reldash.ui.images.page import summary_words
from tests.integration.pages.screens import html_of, open_page, query_of, rows_of_table

LABEL = "Where images run or ran"

pytestmark = pytest.mark.usefixtures("context")


def images(*texts: str) -> AppTest:
    session = open_page("images", [("q", text) for text in texts])
    assert not session.exception
    assert not session.error
    return session


def test_the_empty_page_says_what_can_be_searched() -> None:
    assert "Find where an image runs, and where it ran" in html_of(images())


def test_what_runs_now_stands_before_what_ran() -> None:
    html = html_of(images("card-vault:2.6.0"))
    assert "Runs now in 5 deployments at least; ran earlier in 2 deployments" in html
    found = rows_of_table(html, LABEL)
    assert [row[0].startswith("● runs now") for row in found] == [True] * 5 + [False] * 2
    assert found[-1][0].startswith("○ ran until 3 d ago")
    assert all("card-vault:2.6.0" in row[1] for row in found)


def test_a_place_leads_to_its_cell_and_what_was_to_its_cell_then() -> None:
    html = html_of(images("card-vault:2.6.0"))
    assert 'href="platform?text=card-vault&amp;service=card-vault&amp;column=stg"' in html
    assert 'href="platform?text=card-vault&amp;at=' in html


def test_a_customers_place_leads_to_the_customers_own_cell() -> None:
    html = html_of(images("/portal"))
    assert "&amp;by=customer&amp;" in html


def test_a_pasted_list_names_those_without_a_match() -> None:
    session = images("card-vault", "no-such-image:1", "0123456789abcdef")
    html = html_of(session)
    assert "No match for 2 of 3" in html
    assert "<code>no-such-image:1</code><code>0123456789abcdef</code>" in html
    assert {row[4] for row in rows_of_table(html, LABEL)} == {"card-vault"}


def test_what_is_typed_is_split_by_lines_and_kept_in_the_url() -> None:
    session = images()
    session.text_area(key="reldash_references").set_value('card-vault\n\n "ledger", \n').run()
    assert query_of(session) == {"q": ["card-vault", "ledger"]}
    assert session.text_area(key="reldash_references").value == "card-vault\nledger"


def test_a_digest_is_found() -> None:
    found = rows_of_table(html_of(images("card-vault:2.6.0")), LABEL)
    digest = found[0][1][-12:]
    assert set(digest) <= set("0123456789abcdef")
    assert rows_of_table(html_of(images(digest)), LABEL)


def test_no_match_says_where_it_was_searched() -> None:
    assert "No match" in html_of(images("no-such-image"))


def test_what_is_too_short_is_said_in_words() -> None:
    session = images("a")
    assert not session.exception
    assert "rd-empty-title" in html_of(session)


def test_the_file_has_the_query_of_the_page() -> None:
    html = html_of(images("card-vault", "a/b:1"))
    assert 'href="export/images.csv?q=card-vault&amp;q=a%2Fb%3A1"' in html


def test_before_the_first_read_nothing_is_found(unread_context: Context) -> None:
    del unread_context
    assert "No match" in html_of(images("card-vault"))


def test_an_incomplete_answer_does_not_say_that_images_run_nowhere() -> None:
    assert summary_words(ImageResults((), (), more=False)) == "Runs nowhere now"
    assert summary_words(ImageResults((), (), more=True)) == (
        "None of those shown run now. There are more: narrow the search"
    )


def test_a_search_for_a_finding_explains_what_is_kept() -> None:
    assert "Critical and high findings are " in html_of(
        open_page("images", [("q", "CVE-2026-1234")])
    )
