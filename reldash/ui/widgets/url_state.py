"""Widgets whose value is only in the page's URL, so that a view is a link.

Unlike widgets that Streamlit binds to the URL, each change is a step of the browser's history, and
no value is carried over to the next page.
"""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from reldash.ui import gate

_PREFIX = "reldash_url_"  # of the widgets' keys in the session state


def get(name: str) -> str:
    """The value of a name in the URL, the last of several; "" where there is none."""
    return next(reversed(st.query_params.get_all(name)), "")


def get_all(name: str) -> tuple[str, ...]:
    """All values of a name in the URL, without duplicates and empty ones."""
    return tuple(dict.fromkeys(value for value in st.query_params.get_all(name) if value))


def set_query(changes: Mapping[str, str | Sequence[str]]) -> None:
    """Change the page's query in one step of the browser's history; "" removes a name."""
    st.query_params.update({name: value or () for name, value in changes.items()})


def choose(
    label: str,
    name: str,
    options: Sequence[str],
    *,
    default: str = "",
    words: Mapping[str, str] | None = None,
    free: bool = False,
    width: int = 200,
    hint: str | None = None,
) -> str:
    """Choose one value.

    Args:
        label: of the widget.
        name: in the URL.
        options: plain values; the value in the URL is offered even where it is not among them.
        default: the value where the URL has none; never written to the URL.
        words: labels of options that are not shown as they are.
        free: whether any text may be typed.
        width: pixels.
        hint: help text.
    """
    key = _PREFIX + name
    current = get(name) or default
    st.session_state[key] = current
    chosen = st.selectbox(
        label,
        list(dict.fromkeys([*options, current])),
        key=key,
        format_func=_words(words),
        filter_mode="contains",
        width=width,
        help=hint,
        accept_new_options=free,
        on_change=gate.guarded(_write),
        args=(name, default),
    )
    return chosen or default


def choose_many(label: str, name: str, options: Sequence[str]) -> tuple[str, ...]:
    """Choose any number of values; arguments as for `choose`."""
    key = _PREFIX + name
    current = get_all(name)
    st.session_state[key] = list(current)
    return tuple(
        st.multiselect(
            label,
            list(dict.fromkeys([*options, *current])),
            key=key,
            placeholder="Any",
            filter_mode="contains",
            on_change=gate.guarded(_write),
            args=(name, ""),
        )
    )


def choose_chips(
    label: str, name: str, options: Sequence[str], words: Mapping[str, str]
) -> tuple[str, ...]:
    """Choose any number of a few values by buttons; none means all. Arguments as for `choose`."""
    key = _PREFIX + name
    current = [value for value in get_all(name) if value in words]
    st.session_state[key] = current
    return tuple(
        st.pills(
            label,
            list(dict.fromkeys([*options, *current])),
            selection_mode="multi",
            key=key,
            format_func=_words(words),
            label_visibility="collapsed",
            on_change=gate.guarded(_write),
            args=(name, ""),
        )
    )


def choose_one(label: str, name: str, words: Mapping[str, str], *, default: str) -> str:
    """Choose one of a few values, shown side by side; arguments as for `choose`."""
    key = _PREFIX + name
    current = get(name)
    st.session_state[key] = current if current in words else default
    return (
        st.segmented_control(
            label,
            list(words),
            key=key,
            format_func=_words(words),
            label_visibility="collapsed",
            required=True,
            on_change=gate.guarded(_write),
            args=(name, default),
        )
        or default
    )


def search(label: str, name: str, placeholder: str, *, width: int = 280) -> str:
    """A search field; arguments as for `choose`."""
    key = _PREFIX + name
    st.session_state[key] = get(name)
    return (
        st.text_input(
            label,
            key=key,
            type="search",
            placeholder=placeholder,
            width=width,
            on_change=gate.guarded(_write),
            args=(name, ""),
        )
        or ""
    )


def _write(name: str, default: str) -> None:
    value = st.session_state[_PREFIX + name]
    set_query({name: () if value in (None, default) else value})


def _words(words: Mapping[str, str] | None) -> Callable[[str], str]:
    return lambda value: (words or {}).get(value, value)
