"""Fields of account forms, marked up so that browsers and password managers recognise them."""

import streamlit as st

LONGEST = 1000  # characters; beyond any name, address, code or password


def name(value: str = "", label: str = "Name") -> str:
    """A person's name."""
    return st.text_input(label, value, max_chars=LONGEST, autocomplete="name") or ""


def email(value: str = "", label: str = "Email") -> str:
    """An email address."""
    return st.text_input(label, value, max_chars=LONGEST, autocomplete="email", type="email") or ""


def code() -> str:
    """A one-time code from an email."""
    return st.text_input(
        "Code from the email",
        max_chars=LONGEST,
        autocomplete="one-time-code",
        placeholder="123 456",
        help="Six digits, or the long code in the same email. Valid for ten minutes.",
    )


def current_password() -> str:
    """The current password, to prove the user's identity."""
    return st.text_input(
        "Current password", type="password", max_chars=LONGEST, autocomplete="current-password"
    )


def new_password(label: str) -> str:
    """A new password."""
    return st.text_input(
        label,
        type="password",
        max_chars=LONGEST,
        autocomplete="new-password",
        help="10 to 128 characters. Common passwords are rejected.",
    )


def submit(label: str) -> bool:
    """The form's submit button; True once it is pressed."""
    return st.form_submit_button(label, type="primary", width="stretch")
