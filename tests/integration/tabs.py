"""A browser's tab as the server sees it: Streamlit's websocket, spoken without a browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.integration.dashboards import Dashboard
from tests.integration.sessions import COOKIE

SECONDS = 30


@dataclass(slots=True)
class Tab:
    """An open websocket, and every byte that came over it."""

    socket: ClientConnection
    address: str
    messages: list[ForwardMsg] = field(default_factory=list)
    received: bytearray = field(default_factory=bytearray)

    def open(self, page: str = "", query: str = "", *, page_hash: str = "") -> list[ForwardMsg]:
        """Run a page by its name, as a browser does at its URL; what came until it had run."""
        message = BackMsg()
        message.rerun_script.page_name = page
        message.rerun_script.page_script_hash = page_hash
        message.rerun_script.query_string = query
        message.rerun_script.context_info.url = f"{self.address}/{quote(page)}"
        return self.run(message)

    def rerun_fragment(self, fragment: str) -> list[ForwardMsg]:
        """Run a fragment again, as its timer in a browser does."""
        message = BackMsg()
        message.rerun_script.fragment_id = fragment
        message.rerun_script.is_auto_rerun = True
        return self.run(message)

    def run(self, message: BackMsg) -> list[ForwardMsg]:
        """Send a message, and read on until a script has run to its end, or the socket ends."""
        before = len(self.messages)
        try:
            self.socket.send(message.SerializeToString())
            while not self._is_finished(self._receive()):
                pass
        except ConnectionClosed:
            pass
        return self.messages[before:]

    def _receive(self) -> ForwardMsg:
        data = self.socket.recv(timeout=SECONDS)
        assert isinstance(data, bytes)
        self.received += data
        message = ForwardMsg()
        message.ParseFromString(data)
        self.messages.append(message)
        return message

    @staticmethod
    def _is_finished(message: ForwardMsg) -> bool:
        # A script that gives way to another run of itself ends otherwise.
        ends = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
        return message.WhichOneof("type") == "script_finished" and message.script_finished in ends

    @property
    def session_id(self) -> str:
        """Streamlit's id of the tab's session."""
        first = next(m for m in self.messages if m.WhichOneof("type") == "new_session")
        return first.new_session.initialize.session_id

    @property
    def fragments(self) -> list[str]:
        """The fragments that run by themselves."""
        return [
            message.auto_rerun.fragment_id
            for message in self.messages
            if message.WhichOneof("type") == "auto_rerun"
        ]

    @property
    def is_closed(self) -> bool:
        """Whether the server has closed the websocket, after something was sent."""
        try:
            self._receive()
        except ConnectionClosed:
            return True
        except TimeoutError:
            return False
        return False


@contextmanager
def tab(served: Dashboard, token: str = "", *, resume: str = "") -> Iterator[Tab]:
    """A new tab of a browser that has a session's cookie, if a token is named.

    `resume` is the id of a Streamlit session to take up, as browsers ask after a lost connection.
    """
    headers = {"Cookie": f"{COOKIE}={token}"} if token else {}
    protocols = ["streamlit", "no-xsrf-token", *([resume] if resume else [])]
    with connect(
        f"{served.address.replace('http', 'ws', 1)}/_stcore/stream",
        additional_headers=headers,
        subprotocols=protocols,  # type: ignore[arg-type]  # a NewType of str
        compression=None,
        max_size=None,
    ) as socket:
        yield Tab(socket, served.address)
