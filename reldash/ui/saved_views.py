"""Saved views: their list on the overview, and the “Views” button beside a page's filters."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import streamlit as st

from reldash.domain.fleet.choices import ChoiceError
from reldash.domain.matrix.filters import Filter
from reldash.domain.phrases import counted
from reldash.domain.saved_views import LONGEST_NAME, SavedView, SavedViewError
from reldash.services.context import get_context
from reldash.services.reports import saved_views
from reldash.ui import gate
from reldash.ui.navigation import INVENTORY, PageInfo, dashboard_page
from reldash.ui.page import PageRun
from reldash.ui.widgets import flash_messages, page_links
from reldash.ui.widgets.lists_of_links import render_text, section
from reldash.ui.widgets.markup import Markup, element, plain
from reldash.ui.widgets.page_urls import page_url

MOST_LISTED = 12  # on the overview; the rest is collapsed

_MANAGE = "saved_views"  # the place of messages about changes
_SAVE = "save_view"


def render_views_button(run: PageRun, dashboard: str | None) -> None:
    """Draw the button that opens this page's views and the form to save the current filters.

    It saves the filters in the page's URL, so draw it after their widgets.

    Args:
        run: the page.
        dashboard: of the page; None for the inventory.
    """
    views = [
        view
        for view in saved_views.load_views(get_context(), run.user)
        if view.dashboard == dashboard
    ]
    with st.popover("Views", icon=":material/bookmark:", key="reldash_views"):
        flash_messages.render(_SAVE)
        if views:
            st.html(_render_addresses(run, views))
        with st.form("reldash_save_view", border=False, clear_on_submit=True):
            name = st.text_input(
                "Name for the current filters",
                max_chars=LONGEST_NAME,
                placeholder="For example: my team",
            )
            shared = st.checkbox("Share with all users", key="reldash_save_shared")
            is_submitted = st.form_submit_button("Save", type="primary", width="stretch")
        if not is_submitted:
            return
    _attempt(
        _SAVE,
        lambda: "Saved as “{}”".format(
            saved_views.save_view(
                get_context(), run.user, name or "", dashboard, _current_filter(), shared=shared
            )
        ),
    )
    st.rerun()


def _render_addresses(run: PageRun, views: Sequence[SavedView]) -> Markup:
    """Links that load the page again, since its widgets would keep their values otherwise."""
    items = []
    for view in views:
        page = _page_of(run, view)
        if page is not None:
            whose = "" if view.is_own else f" {view.owner}"
            link = element("a", view.name, href=page_url(page, view.query))
            items.append(element("li", link, element("span", whose, class_="rd-quiet")))
    label = "Saved views of this page"
    return element("nav", element("ul", *items), class_="rd-views", aria_label=label)


def _current_filter() -> Filter:
    query = st.query_params
    return Filter.from_query((key, value) for key in query for value in query.get_all(key))


def render_saved_views(run: PageRun) -> None:
    """Draw all views that the user may open, with a form to rename, share or delete them."""
    views = saved_views.load_views(get_context(), run.user)
    with section("views", "Saved views", level="h2"):
        if not views:
            render_text(
                element(
                    "span",
                    "None yet. To save filters, open “Views” on a dashboard or the inventory.",
                    class_="rd-quiet",
                )
            )
            return
        flash_messages.render(_MANAGE)
        for view in views[:MOST_LISTED]:
            _render_line(run, view)
        if len(views) > MOST_LISTED:
            with st.expander(counted(len(views) - MOST_LISTED, "more view")):
                for view in views[MOST_LISTED:]:
                    _render_line(run, view)
        mine = [view for view in views if view.is_own or run.user.is_admin]
        if mine:
            with st.popover("Edit views", icon=":material/edit:", type="tertiary"):
                _render_change(run, mine)


def _page_of(run: PageRun, view: SavedView) -> PageInfo | None:
    """The page of a view; None where the fleet no longer has its dashboard."""
    if view.dashboard is None:
        return INVENTORY
    if view.dashboard not in run.rules.dashboards:
        return None
    return dashboard_page(run.rules, view.dashboard)


def _render_line(run: PageRun, view: SavedView) -> None:
    """Draw a view with its page and owner."""
    page = _page_of(run, view)
    with st.container(horizontal=True, gap="small"):
        if page is None:
            render_text(view.name)
        else:
            _render_link(run, view)
        of = page.title if page else f"{view.dashboard} (dashboard removed)"
        whose = "" if view.is_own else f", shared by {view.owner}"
        shared = ", shared" if view.is_own and view.is_shared else ""
        render_text(element("span", f"{of}{shared}{whose}", class_="rd-quiet"))


def _render_link(run: PageRun, view: SavedView) -> None:
    page = _page_of(run, view)
    if page is None:
        return
    query: dict[str, list[str]] = {}
    for key, value in view.query:
        query.setdefault(key, []).append(value)
    st.page_link(
        page_links.get_page(page),
        label=plain(view.name),
        icon="",
        query_params=query,
        width="content",
    )


def _render_change(run: PageRun, views: Sequence[SavedView]) -> None:
    by_id: Mapping[str, SavedView] = {view.id: view for view in views}
    labels = _labels(views)
    chosen = st.selectbox(
        "View",
        list(by_id),
        format_func=lambda i: labels.get(i, ""),
        key="reldash_view_to_change",
    )
    view = by_id.get(chosen or "")
    if view is None:
        return
    if view.is_own:
        with st.form(f"reldash_change_{view.id}", border=False):
            name = st.text_input("Name", view.name, max_chars=LONGEST_NAME)
            shared = st.checkbox("Share with all users", view.is_shared)
            if st.form_submit_button("Save changes", type="primary", width="stretch"):
                _attempt(_MANAGE, lambda: _change(run, view, name or "", shared=shared))
                st.rerun()
    st.button(
        "Delete",
        icon=":material/delete:",
        key=f"reldash_delete_{view.id}",
        width="stretch",
        on_click=gate.guarded(_delete),
        args=(run, view),
    )


def _labels(views: Iterable[SavedView]) -> dict[str, str]:
    """A distinct label for each view by its id; several users' views may have one name."""
    found: dict[str, str] = {}
    for view in views:
        label = view.name if view.is_own else f"{view.name} ({view.owner})"
        others = sum(each == label or each.startswith(f"{label} #") for each in found.values())
        found[view.id] = f"{label} #{others + 1}" if others else label
    return found


def _change(run: PageRun, view: SavedView, name: str, *, shared: bool) -> str:
    saved_views.change_view(get_context(), run.user, view, name, shared=shared)
    return "View saved"


def _delete(run: PageRun, view: SavedView) -> None:
    saved_views.delete_view(get_context(), run.user, view)
    flash_messages.add(_MANAGE, "View deleted")


def _attempt(place: str, action: Callable[[], str]) -> None:
    """Run an action and flash its outcome."""
    try:
        flash_messages.add(place, action())
    except (SavedViewError, ChoiceError) as error:
        flash_messages.add(place, error.title, error.message, failed=True)
