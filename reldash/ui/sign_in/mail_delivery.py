"""Delivery status of a code's email, and a button to send it again."""

import math
import time
from collections.abc import Callable

import streamlit as st

from reldash.ui import gate

POLL_SECONDS = 2.0

_LATE = (
    "The mail server is unreachable. Your email is queued and will be sent once it is back. "
    "Keep this page open, or come back later."
)


def render_delivery(ready_at: float, resend: Callable[[], None]) -> None:
    """Warn while emails cannot be sent, and offer to send another one once that is allowed.

    The warning is about the mail server, never about an address.

    Args:
        ready_at: by time.monotonic(), when another email may be requested.
        resend: requests it.
    """
    st.fragment(_render, run_every=POLL_SECONDS)(ready_at, resend)


def _render(ready_at: float, resend: Callable[[], None]) -> None:
    if gate.accounts().is_mail_failing():
        st.warning(_LATE, icon=":material/schedule_send:")
    left = math.ceil(ready_at - time.monotonic())
    with st.container(horizontal_alignment="center"):
        is_clicked = st.button(
            f"Another email can be sent in {left} s" if left > 0 else "Send another email",
            key="reldash_resend",
            type="tertiary",
            disabled=left > 0,
        )
    if is_clicked:
        resend()
        st.rerun(scope="app")
