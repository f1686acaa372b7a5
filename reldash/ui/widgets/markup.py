"""HTML with all text escaped, and text that Streamlit's markdown shows unchanged.

HTML is for what Streamlit's own elements cannot show. Names, messages and versions come from
clusters; Streamlit's markdown would read `*`, `[`, `$` or `:red[` in them as formatting.
"""

import re
from html import escape

# Streamlit turns these sequences into arrows and its logo, escaped or not.
_MEETING = re.compile(r"(?<=[-<>=~])(?=[-<>=~])|(?<=:)(?=streamlit:)")
_WORD_JOINER = "\u2060"  # has no width

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&@/'\"=^])")


class Markup(str):
    """HTML that is safe to show unchanged; only `element` and `joined` should make one."""

    __slots__ = ()


def element(tag: str, *children: str | Markup | None, **attributes: str | None) -> Markup:
    """An element with its children in order; None children and attributes are left out.

    Children and attribute values that are not Markup are escaped. An attribute name loses its
    trailing underscore (`class_`); other underscores become hyphens (`aria_label`).
    """
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{tag}{written}>{joined(*children)}</{tag}>")


def joined(*children: str | Markup | None) -> Markup:
    """Children one after the other; those that are not Markup are escaped."""
    return Markup(
        "".join(
            child if isinstance(child, Markup) else escape(child)
            for child in children
            if child is not None
        )
    )


def plain(text: str) -> str:
    """Escape text so that Streamlit's markdown shows it unchanged: in labels, banners and toasts.

    White space becomes single spaces.
    """
    return _MARKDOWN.sub(r"\\\1", _MEETING.sub(_WORD_JOINER, " ".join(text.split())))
