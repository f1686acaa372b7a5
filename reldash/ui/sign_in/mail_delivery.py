"""What people are told of mail that is on its way, and asking for it once more."""

import math
import time
from collections.abc import Callable

import streamlit as st

from reldash.ui import gate

POLL_SECONDS = 2.0

_LATE = (
    "The mail server cannot be reached at the moment. Your mail is kept and will be sent as soon "
    "as it can be; leave this page open, or come back to it."
)


def render_delivery(ready_at: float, resend: Callable[[], None]) -> None:
    """Say so while no mail leaves, and offer another one once that may be asked for.

    What is said is of the mail server, never of an address.

    Args:
        ready_at: by time.monotonic(), when another mail may be asked for.
        resend: asks for it.
    """
    st.fragment(_render, run_every=POLL_SECONDS)(ready_at, resend)


def _render(ready_at: float, resend: Callable[[], None]) -> None:
    if gate.accounts().is_mail_failing():
        st.warning(_LATE, icon=":material/schedule_send:")
    left = math.ceil(ready_at - time.monotonic())
    with st.container(horizontal_alignment="center"):
        asked = st.button(
            f"Another mail can be sent in {left} s" if left > 0 else "Send another mail",
            key="reldash_resend",
            type="tertiary",
            disabled=left > 0,
        )
    if asked:
        resend()
        st.rerun(scope="app")
