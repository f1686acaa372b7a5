"""Messages allowed before sign-in, checked against Streamlit's own definitions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.proto.BackMsg_pb2 import BackMsg

from reldash.server.streamlit_messages import (
    MOST_BYTES_SIGNED_OUT,
    MOST_FIELDS,
    is_allowed_signed_out,
)

ALLOWED = {"rerun_script", "stop_script", "app_heartbeat"}
KINDS = [field.name for field in BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields]


def message_of(kind: str) -> bytes:
    message = BackMsg()
    if isinstance(getattr(message, kind), bool):
        setattr(message, kind, True)
    else:
        getattr(message, kind).SetInParent()
    return bytes(message.SerializeToString())


@pytest.mark.parametrize("kind", KINDS)
def test_only_messages_of_the_sign_in_page_are_allowed(kind: str) -> None:
    assert is_allowed_signed_out(message_of(kind)) is (kind in ALLOWED)


def test_a_message_with_all_fields_of_a_page_is_allowed() -> None:
    message = BackMsg()
    message.rerun_script.query_string = "text=" + "ä" * 1000
    message.rerun_script.widget_states.widgets.add(id="x", string_value="y" * 300)
    message.rerun_script.context_info.url = "http://localhost"
    assert is_allowed_signed_out(message.SerializeToString())


@pytest.mark.parametrize("hidden", sorted(set(KINDS) - ALLOWED))
@pytest.mark.parametrize("first", sorted(ALLOWED))
def test_a_forbidden_field_beside_allowed_ones_is_refused(first: str, hidden: str) -> None:
    assert not is_allowed_signed_out(message_of(first) + message_of(hidden))
    assert not is_allowed_signed_out(message_of(hidden) + message_of(first))


@given(st.binary(max_size=60))
def test_streamlit_reads_no_other_fields_from_allowed_bytes(data: bytes) -> None:
    if is_allowed_signed_out(data):
        message = BackMsg()
        try:
            message.ParseFromString(data)
        except Exception:  # noqa: BLE001 - protobuf's own, which depends on how it was built
            return
        assert message.WhichOneof("type") in {None, *ALLOWED}


def test_a_message_with_more_fields_than_any_has_is_refused() -> None:
    assert is_allowed_signed_out(message_of("app_heartbeat") * MOST_FIELDS)
    assert not is_allowed_signed_out(message_of("app_heartbeat") * (MOST_FIELDS + 1))


def test_a_message_longer_than_the_sign_in_page_needs_is_refused() -> None:
    message = BackMsg()
    message.rerun_script.query_string = "x" * MOST_BYTES_SIGNED_OUT
    assert not is_allowed_signed_out(message.SerializeToString())
