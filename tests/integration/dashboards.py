"""Servers of tests: `streamlit run` as a process, over a database that was filled before."""

import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

from reldash.config.environment import environment_with
from tests.integration.ports import free_port
from tests.integration.sessions import COOKIE, KEY
from tests.integration.waiting import wait_for

PROJECT = Path(__file__).resolve().parents[2]
HOME = PROJECT / "Home.py"
MAIN = PROJECT / "reldash" / "ui" / "main.py"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered, errors included."""

    status: int
    headers: Message
    body: bytes


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A running server."""

    address: str

    def ask(
        self,
        path: str,
        token: str = "",
        *,
        method: str = "GET",
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask for a path; with the cookie of a session if a token is named."""
        sent = dict(headers or {}) | ({"cookie": f"{COOKIE}={token}"} if token else {})
        data = body.encode() if body is not None else None
        request = urllib.request.Request(  # noqa: S310 - our own server
            self.address + path, data, sent, method=method
        )
        opener = urllib.request.build_opener(_NoRedirects)
        try:
            with opener.open(request, timeout=30) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow none."""


@contextmanager
def dashboard(
    database_url: str, fleet_file: str, folder: Path, *, changes: str = "", **settings: str
) -> Iterator[Dashboard]:
    """A server that collects nothing, ready to answer.

    `changes` is Python that is run first, to take a part of the product away; `settings` are
    variables of its environment.
    """
    home = HOME
    if changes:
        home = folder / "changed_home.py"
        source = HOME.read_text().replace("reldash/ui/main.py", str(MAIN))
        path = f"import sys\nsys.path.insert(0, {str(PROJECT)!r})\n"
        docstring, _, rest = source.partition('"""\n\nfrom')
        home.write_text(f'{docstring}"""\n{path}{changes}\nfrom{rest}')
    port = free_port()
    served = Dashboard(f"http://localhost:{port}")
    variables = {
        "DATABASE_URL": database_url,
        "RELDASH_FLEET": fleet_file,
        "RELDASH_SECRET_KEY": KEY,
        "RELDASH_COLLECT": "off",
        "RELDASH_BASE_URL": served.address,
        "STREAMLIT_SERVER_PORT": str(port),
    }
    with (folder / f"log-{port}").open("w+") as log:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and script
            [sys.executable, "-m", "streamlit", "run", str(home)],
            cwd=PROJECT,
            env=environment_with(variables | settings),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_for(lambda: process.poll() is not None or _is_up(served), 60)
            assert process.poll() is None, (folder / f"log-{port}").read_text()
            yield served
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=20)


def _is_up(served: Dashboard) -> bool:
    try:
        return served.ask("/healthz").status == 200
    except OSError:
        return False
