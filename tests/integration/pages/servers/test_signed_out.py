"""Signed out, no byte that a server sends names a service, a cluster or a version.

Requested over real HTTP and a real websocket. The gate and each page's own guard hold alone: with
either taken away, the other lets nothing through.
"""

import re
from collections.abc import Callable

import pytest

from reldash.domain.matrix.filters import Filter
from reldash.server.routes import ROUTES
from reldash.services.context import Context
from reldash.services.grid_assets import load_assets
from reldash.services.reports.inventory import load_inventory
from reldash.ui.navigation import PAGES_FOLDER
from tests.integration.dashboards import Dashboard
from tests.integration.tabs import tab

PAGES = ["", *sorted(path.stem for path in PAGES_FOLDER.glob("*.py"))]
# What anybody may ask for; every other route of ours wants a session.
OPEN = {"/healthz", "/overview", "/auth/ticket", "/auth/sign-out", "/assets/{digest}/{name}"}
STREAMLITS = [
    "/",
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/metrics",
    "/_stcore/agent",
    "/_stcore/agent/mcp",
    "/_stcore/script-health-check",
    "/_stcore/upload_file/a/b",
    "/_stcore/bidi-components/a/b.js",
    "/component/a/b.js",
    "/media/a.csv",
    "/app/static/a.csv",
    "/auth/login",
    "/auth/logout",
    "/oauth2callback",
]
OURS = {"sign-in"}  # a service of the demo, and a word of the sign-in page


@pytest.fixture
def names(context: Context) -> set[bytes]:
    """Every service, cluster and version of the fleet that could not be anything else."""
    frame = load_inventory(context, Filter(sidecars=True), context.now())
    found = {cluster.name for cluster in context.rules.clusters}
    for column in ("service", "namespace", "workload", "image", "version"):
        found |= set(frame[column].dropna())
    usable = {name for name in found if re.search(r"[-./]", name) and len(name) > 4}
    return {name.encode() for name in usable - OURS}


def found_in(received: bytes, names: set[bytes]) -> set[bytes]:
    """The names among the words of what was received."""
    words = {name: re.compile(rb"(?<![\w-])" + re.escape(name) + rb"(?![\w-])") for name in names}
    return {name for name, word in words.items() if word.search(received)}


def test_what_is_searched_for_is_what_pages_show(
    plain: Dashboard, names: set[bytes], token: str
) -> None:
    with tab(plain, token) as opened:
        opened.open("inventory")
        assert len(found_in(bytes(opened.received), names)) > 100


@pytest.mark.parametrize("page", PAGES)
def test_no_page_sends_a_name_over_the_websocket(
    page: str, plain: Dashboard, names: set[bytes]
) -> None:
    with tab(plain) as opened:
        assert opened.open(page, "service=checkout-api&column=prod&text=e")
        assert not found_in(bytes(opened.received), names)
        assert b"Sign in" in opened.received
        assert b"Inventory" not in opened.received  # nor the title of a page


def test_no_dashboard_is_shown_by_the_hash_of_its_page(
    plain: Dashboard, names: set[bytes], token: str
) -> None:
    with tab(plain, token) as signed_in:
        hashes = {
            page.page_script_hash
            for message in signed_in.open()
            for page in message.navigation.app_pages
        }
    assert len(hashes) > 5
    with tab(plain) as opened:
        for each in hashes:
            opened.open(page_hash=each)
        assert not found_in(bytes(opened.received), names)


@pytest.mark.parametrize("path", [*STREAMLITS, *(f"/{page}" for page in PAGES)])
def test_no_address_answers_with_a_name(path: str, plain: Dashboard, names: set[bytes]) -> None:
    assert not found_in(plain.ask(path).body, names)


@pytest.mark.parametrize("route", [route.path for route in ROUTES if route.path not in OPEN])
def test_every_route_of_our_own_wants_a_session(route: str, plain: Dashboard) -> None:
    path = route.format(dashboard="platform", suffix="csv")
    for token in ("", "no-such-token"):
        answer = plain.ask(path, token)
        assert answer.status == 401
        assert answer.headers["cache-control"] == "no-store"
        assert b"," not in answer.body.replace(b"dashboard, then", b"")


def test_the_grids_modules_are_open_and_the_same_for_everybody(
    plain: Dashboard, names: set[bytes], token: str
) -> None:
    assets = load_assets()
    for name in assets.files:
        answer = plain.ask(f"/{assets.path}/{name}")
        assert answer.status == 200
        assert answer.body == plain.ask(f"/{assets.path}/{name}", token).body
        assert not found_in(answer.body, names)


@pytest.mark.parametrize("path", ["/media/a.csv", "/component/a/b.js", "/_stcore/upload_file/a/b"])
def test_what_streamlit_keeps_of_pages_wants_a_session(
    path: str, plain: Dashboard, token: str
) -> None:
    assert plain.ask(path).status == 401
    assert plain.ask(path, token).status == 404 or "upload" in path


@pytest.mark.parametrize("page", PAGES)
def test_each_page_guards_itself_where_the_gate_is_gone(
    page: str, no_gate: Dashboard, names: set[bytes]
) -> None:
    with tab(no_gate) as opened:
        assert opened.open(page)
        assert not found_in(bytes(opened.received), names)


def test_the_gate_holds_where_no_page_guards_itself(
    without: Callable[..., Dashboard], names: set[bytes]
) -> None:
    served = without("page guards")
    for page in PAGES:
        with tab(served) as opened:
            assert opened.open(page)
            assert not found_in(bytes(opened.received), names), page


def test_without_both_the_search_would_find_names(
    without: Callable[..., Dashboard], names: set[bytes]
) -> None:
    with tab(without("gate", "page guards")) as opened:
        opened.open("inventory")
        assert len(found_in(bytes(opened.received), names)) > 100
