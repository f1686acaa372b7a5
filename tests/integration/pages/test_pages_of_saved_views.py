"""Filters get a name, lead back to exactly themselves, and are seen by whom they are meant for."""

import re
from collections.abc import Callable
from html import unescape
from itertools import count
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from reldash.domain.accounts import Role
from reldash.services.context import Context
from reldash.ui import gate
from tests.integration.pages.screens import html_of, open_page
from tests.integration.sessions import new_session

FILTERS = [("text", "er"), ("state", "behind"), ("state", "waiting"), ("env", "prod")]
NOBODY = "00000000-0000-0000-0000-000000000000"
numbers = count(1)

SignIn = Callable[..., str]


@pytest.fixture(autouse=True)
def sign_in(
    context: Context,  # noqa: ARG001 - whose pages these are
    collected: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> SignIn:
    """Call it to go on as somebody, a new user if no address is given; returns the address."""

    def go_on(email: str = "", role: Role = Role.VIEWER) -> str:
        email = email or f"saver{next(numbers)}@example.com"
        token = new_session(collected[0], email, role)
        monkeypatch.setattr(gate, "read_token", lambda: token)
        return email

    go_on()
    return go_on


def save(session: AppTest, name: str, *, shared: bool = False) -> AppTest:
    """Fill in the form behind "Views"."""
    next(box for box in session.text_input if box.label.startswith("Name for")).input(name)
    if shared:
        session.checkbox("reldash_save_shared").check()
    next(button for button in session.button if button.label == "Save").click()
    return session.run()


def links_to(session: AppTest) -> dict[str, list[tuple[str, str]]]:
    """The links of saved views with their queries: on the overview, and behind "Views"."""
    behind = re.findall(r'<li><a href="[^?"]*\??([^"]*)">(.*?)</a>', html_of(session))
    return {
        link.proto.label.replace("\\", ""): parse_qsl(link.proto.query_string)
        for link in session.get("page_link")
    } | {unescape(name): parse_qsl(unescape(query)) for query, name in behind}


def press(session: AppTest, label: str) -> AppTest:
    next(button for button in session.button if button.label == label).click()
    return session.run()


@pytest.mark.parametrize("page", ["platform", "customer_solutions"])
def test_a_saved_view_leads_back_to_its_filters(page: str) -> None:
    saved = save(open_page(page, FILTERS), "My team")
    assert [note.value for note in saved.success] == ["Saved as “My team”"]
    assert sorted(links_to(saved)["My team"]) == sorted(FILTERS)
    assert sorted(links_to(open_page("overview"))["My team"]) == sorted(FILTERS)


def test_a_filter_that_means_nothing_is_not_saved() -> None:
    session = save(open_page("platform", [("state", "sideways")]), "Nonsense")
    assert not session.exception
    assert [note for note in session.error if "sideways" in note.value]
    assert "Nonsense" not in links_to(open_page("overview"))


def test_a_view_of_the_inventory_is_saved_likewise() -> None:
    filters = [("text", "cart"), ("cluster", "platform-dev"), ("sidecars", "true")]
    save(open_page("inventory", filters), "Carts")
    overview = open_page("overview")
    assert sorted(links_to(overview)["Carts"]) == sorted(filters)
    assert ">Inventory</span>" in html_of(overview)


def test_a_view_stands_only_where_it_is_of_and_on_the_overview() -> None:
    save(open_page("platform", FILTERS), "Only here")
    assert "Only here" in links_to(open_page("platform"))
    assert "Only here" not in links_to(open_page("customer_solutions"))
    assert "Only here" not in links_to(open_page("inventory"))


def test_what_is_no_filter_is_not_saved() -> None:
    query = [*FILTERS, ("service", "cart"), ("column", "prod"), ("other", "x")]
    assert sorted(links_to(save(open_page("platform", query), "Clean"))["Clean"]) == sorted(FILTERS)


def test_ones_own_view_is_seen_by_nobody_else_until_it_is_shared(sign_in: SignIn) -> None:
    owner = sign_in()
    save(open_page("platform", FILTERS), "Secret plan")
    save(open_page("platform", FILTERS), "Open plan", shared=True)
    sign_in()
    overview = open_page("overview")
    assert "Secret plan" not in links_to(overview)
    assert "Open plan" in links_to(overview)
    assert f"shared by {owner.partition('@')[0]}" in html_of(overview)
    assert "Secret plan" not in links_to(open_page("platform"))


def test_the_same_name_again_is_refused_in_words() -> None:
    again = save(save(open_page("platform", FILTERS), "Twice"), "Twice")
    assert "Name taken" in again.error[0].value


def test_without_a_name_nothing_is_saved() -> None:
    assert "No name" in save(open_page("platform", FILTERS), "   ").error[0].value


def test_a_name_with_markup_is_text() -> None:
    name = "**bold** <b>x</b> :red[y] $z$ [a](b)"
    save(open_page("platform", FILTERS), name)
    overview = open_page("overview")
    labels = [link.proto.label for link in overview.get("page_link")]
    assert not [label for label in labels if "**bold**" in label or "<b>" in label]
    assert name in links_to(overview)


def test_a_view_is_renamed_and_shared_by_its_owner(sign_in: SignIn) -> None:
    save(open_page("platform", FILTERS), "Before")
    overview = open_page("overview")
    next(box for box in overview.text_input if box.value == "Before").input("After")
    overview.checkbox[0].check()
    press(overview, "Save changes")
    sign_in()
    assert "After" in links_to(open_page("overview"))
    assert "Before" not in links_to(open_page("overview"))


def test_a_view_is_deleted_by_its_owner() -> None:
    save(open_page("platform", FILTERS), "Short-lived")
    overview = press(open_page("overview"), "Delete")
    assert "Short-lived" not in links_to(overview)
    assert "View deleted" in [note.value for note in overview.success]


def test_others_cannot_change_or_delete_a_shared_view_but_administrators_delete_it(
    context: Context, sign_in: SignIn
) -> None:
    sign_in()
    save(open_page("platform", FILTERS), "For all", shared=True)
    sign_in()
    viewer = open_page("overview")
    assert not [button for button in viewer.button if button.label in {"Save changes", "Delete"}]
    sign_in(role=Role.ADMIN)
    admin = open_page("overview")
    theirs = next(v for v in context.store.saved_views.load(NOBODY) if v.name == "For all")
    admin.selectbox("reldash_view_to_change").set_value(theirs.id).run()
    assert not [button for button in admin.button if button.label == "Save changes"]
    assert "For all" not in links_to(press(admin, "Delete"))
