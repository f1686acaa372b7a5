"""HTML that cannot be broken out of: every text is escaped where it enters.

For what Streamlit's own elements cannot show. Names, messages and versions come from clusters, and
Streamlit's markdown would read `*`, `[`, `$` or `:red[` in them as formatting.
"""

import re
from html import escape

# Streamlit also draws arrows and its own logo where these characters meet, escaped or not.
_MEETING = re.compile(r"(?<=[-<>=~])(?=[-<>=~])|(?<=:)(?=streamlit:)")
_WORD_JOINER = "\u2060"  # takes no room

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&@/'\"=^])")


class Markup(str):
    """HTML that is safe to show as it is; only `element` and `joined` should make one."""

    __slots__ = ()


def element(tag: str, *children: str | Markup | None, **attributes: str | None) -> Markup:
    """An element with its children in order; None children and attributes are left out.

    Children and attribute values that are no Markup are escaped. A trailing underscore is taken
    off an attribute's name (`class_`), other underscores become hyphens (`aria_label`).
    """
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{tag}{written}>{joined(*children)}</{tag}>")


def joined(*children: str | Markup | None) -> Markup:
    """Children one after the other; those that are no Markup are escaped."""
    return Markup(
        "".join(
            child if isinstance(child, Markup) else escape(child)
            for child in children
            if child is not None
        )
    )


def plain(text: str) -> str:
    """Text that Streamlit's markdown shows as it is: for labels, banners and toasts.

    White space becomes single spaces, and all that could begin formatting is escaped.
    """
    return _MARKDOWN.sub(r"\\\1", _MEETING.sub(_WORD_JOINER, " ".join(text.split())))
