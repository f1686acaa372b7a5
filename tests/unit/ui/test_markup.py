"""What comes from clusters shows as text, whatever it holds."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reldash.ui.widgets.markup import Markup, element, joined, plain

ODD = ["*bold*", "[link](x)", "$a$ b", "<b>x</b>", ":red[x]", "`code`", "# head", "~~s~~", "1. one"]


class Reader(HTMLParser):
    """The tags and the text of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


# A parser reads lone surrogates, NUL and line ends as something else; no cluster sends them.
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]))


@given(TEXTS, TEXTS)
def test_no_text_breaks_out_of_an_element(text: str, title: str) -> None:
    read = Reader(element("p", text, title=title))
    assert read.text == text
    assert read.tags == [("p", [("title", title)])]


def test_markup_is_not_escaped_twice() -> None:
    inner = element("b", "a & b")
    assert element("p", inner, " < c") == "<p><b>a &amp; b</b> &lt; c</p>"
    assert isinstance(joined(inner), Markup)


def test_what_is_none_is_left_out() -> None:
    assert element("p", "a", None, class_="x", title=None) == '<p class="x">a</p>'


def test_underscores_of_names_are_those_of_html() -> None:
    assert element("i", aria_hidden="true") == '<i aria-hidden="true"></i>'


@pytest.mark.parametrize("text", ODD)
def test_every_mark_of_formatting_is_escaped(text: str) -> None:
    escaped = plain(text)
    assert escaped.replace("\\", "").replace("\u2060", "") == text
    for place, character in enumerate(escaped):
        if character in "*[]()$<>:`#~.|_":
            assert escaped[place - 1] == "\\"


def test_what_streamlit_replaces_by_symbols_does_not_meet() -> None:
    for pair in ("->", "<-", "--", ">=", "~="):
        assert plain(pair).replace("\\", "") == f"{pair[0]}\u2060{pair[1]}"


def test_line_breaks_cannot_begin_a_list_or_a_heading() -> None:
    assert plain("a\n\n- b") == r"a \- b"
