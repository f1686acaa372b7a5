"""Frames that no browser sends end their own websocket, and nothing else."""

from contextlib import ExitStack

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from reldash.server.session_guard import MOST_OF_ONE_ADDRESS
from tests.integration.dashboards import Dashboard
from tests.integration.tabs import Tab, tab

# Each two bytes are an empty field that is allowed before sign-in: parsing them all takes long.
MANY_FIELDS = b"\x3a\x00" * (8 * 1024 * 1024)


def is_ended(opened: Tab) -> bool:
    """Whether the server closes the websocket."""
    try:
        while True:
            opened.socket.recv(timeout=5)
    except ConnectionClosed:
        return True
    except TimeoutError:
        return False


@pytest.mark.parametrize("frame", [MANY_FIELDS, MANY_FIELDS[:100_000], b"\xff" * 20, "text"])
def test_a_signed_out_frame_that_no_sign_in_page_sends_ends_its_socket(
    frame: bytes | str, plain: Dashboard
) -> None:
    with tab(plain) as other, tab(plain) as opened:
        opened.socket.send(frame)
        assert is_ended(opened)
        assert other.open()  # others are answered


def test_a_frame_larger_than_any_form_ends_the_socket_of_a_signed_in_user(
    plain: Dashboard, token: str
) -> None:
    with tab(plain, token) as opened:
        opened.socket.send(MANY_FIELDS)
        assert is_ended(opened)


def test_more_signed_out_websockets_than_a_limit_are_refused_until_others_end(
    plain: Dashboard,
) -> None:
    with ExitStack() as opened:
        for _ in range(MOST_OF_ONE_ADDRESS):
            opened.enter_context(tab(plain))
        with pytest.raises(InvalidStatus, match="403"), tab(plain):
            pass
    with tab(plain) as again:
        assert again.open()
