"""The images page: search by parts of references, tags, digests or findings."""

from collections.abc import Sequence

import streamlit as st

from reldash.domain.fleet.choices import ChoiceError
from reldash.domain.history.image_search import ImageResults
from reldash.domain.phrases import counted
from reldash.services.reports.images import split_references
from reldash.ui import cached, gate
from reldash.ui.images.results import render_results
from reldash.ui.page import PageRun
from reldash.ui.widgets import url_state
from reldash.ui.widgets.empty_states import render_empty_state
from reldash.ui.widgets.html_table import STYLE
from reldash.ui.widgets.markup import element
from reldash.ui.widgets.page_urls import export_url
from reldash.ui.widgets.show_more import render_show_more, shown

QUERY = "q"  # in the URL, once for each reference

ROWS_AT_ONCE = 200
LONGEST_LIST = 6000  # characters of a URL

_TYPED = "reldash_references"


def render_images(run: PageRun) -> None:
    """Draw the page below its header."""
    st.html(STYLE)
    texts = url_state.get_all(QUERY)
    _render_form(texts)
    if not texts:
        render_empty_state(
            "Find where an image runs, and where it ran",
            "Enter part of a reference, a tag, a digest or a finding such as CVE-2026-1234, or "
            "paste a list, one per line.",
        )
        return
    try:
        found = cached.get_images(texts, run.tick)
    except ChoiceError as error:
        render_empty_state(error.title, f"{error.message}.")
        return
    _render_answer(run, texts, found)


def _render_form(texts: Sequence[str]) -> None:
    st.session_state[_TYPED] = "\n".join(texts)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_area(
            "References, tags, digests or findings, one per line",
            key=_TYPED,
            height=min(68 + 22 * max(len(texts) - 1, 0), 180),
            max_chars=LONGEST_LIST,
            placeholder="payments/card-vault:2.6.0",
            on_change=gate.guarded(_search),
            width=560,
        )
        st.button("Search", key="reldash_search", icon=":material/search:", type="primary")


def _search() -> None:
    url_state.set_query({QUERY: split_references(st.session_state[_TYPED] or "")})


def _render_answer(run: PageRun, texts: Sequence[str], found: ImageResults) -> None:
    unknown = [found.not_known_words] if found.not_known else []
    if found.missing:
        st.html(
            element(
                "div",
                element(
                    "strong",
                    f"No match for {len(found.missing)} of {len(texts)}"
                    + (" in what is known" if unknown else ""),
                ),
                *(element("code", text) for text in found.missing),
                *(element("span", f"{words[0].upper()}{words[1:]}.") for words in unknown),
                *(element("span", f"{note}.") for note in found.notes if not unknown),
                class_="rd-banner",
                role="status",
            )
        )
    if not found.places:
        render_empty_state(
            "No match",
            "The search covers the images of all containers and pods that were read, and their "
            "past. Try a shorter search: part of the name, or the tag alone.",
        )
        return
    st.html(
        element(
            "p",
            element("span", summary_words(found)),
            *(element("span", f"{words}.") for words in _limits(found) if not found.missing),
            element(
                "a",
                "CSV",
                href=export_url("images", "csv", [(QUERY, text) for text in texts]),
                download="",
            ),
            class_="rd-caption",
        )
    )
    number = shown("images", repr(texts), ROWS_AT_ONCE)
    st.html(render_results(found.places[:number], run.rules, run.now, several=len(texts) > 1))
    render_show_more("images", repr(texts), len(found.places), ROWS_AT_ONCE)


def _limits(found: ImageResults) -> Sequence[str]:
    """What the answer does not cover, and the notes that do not say so already."""
    unknown = [f"Not known: {found.not_known_words}"] if found.not_known else []
    return [*unknown, *(note for note in found.notes if note not in found.not_known)]


def summary_words(found: ImageResults) -> str:
    """The summary: "Runs now in 3 deployments; ran earlier in 2 deployments"."""
    now = sum(place.ended_at is None for place in found.places)
    past_ones = len(found.places) - now
    if found.more:  # what runs now may be among the rest
        places = counted(now, "deployment")
        words = f"Runs now in {places} at least" if now else "None of those shown run now"
    else:
        nowhere = "Not running in what is known" if found.not_known else "Runs nowhere now"
        least = " at least" if found.not_known else ""
        words = f"Runs now in {counted(now, 'deployment')}{least}" if now else nowhere
    if past_ones:
        words += f"; ran earlier in {counted(past_ones, 'deployment')}"
    return f"{words}. There are more: narrow the search" if found.more else words
