"""The fields of forms about accounts, so that browsers and password managers know them."""

import streamlit as st

LONGEST = 1000  # characters; what is longer is no name, address, code or password


def name(value: str = "", label: str = "Name") -> str:
    """How somebody is called."""
    return st.text_input(label, value, max_chars=LONGEST, autocomplete="name") or ""


def email(value: str = "", label: str = "E-mail") -> str:
    """An e-mail address."""
    return st.text_input(label, value, max_chars=LONGEST, autocomplete="email", type="email") or ""


def code() -> str:
    """A one-time code from a mail."""
    return st.text_input(
        "Code from the mail",
        max_chars=LONGEST,
        autocomplete="one-time-code",
        placeholder="123 456",
        help="Six digits, or the long code of the same mail. Good for ten minutes.",
    )


def present_password() -> str:
    """The password that is about to be changed, or that proves who asks."""
    return st.text_input(
        "Present password", type="password", max_chars=LONGEST, autocomplete="current-password"
    )


def new_password(label: str) -> str:
    """A password that is chosen."""
    return st.text_input(
        label,
        type="password",
        max_chars=LONGEST,
        autocomplete="new-password",
        help="10 to 128 characters, any you like; common passwords are refused.",
    )


def submit(label: str) -> bool:
    """The button of a form."""
    return st.form_submit_button(label, type="primary", width="stretch")
