"""The parent of the embedded Postgres: a script, started by path, that needs only the stdlib.

Argument: one JSON object
    users       file on which every user of the server holds a shared lock; free if nobody is left
    keeper      file that this process locks for as long as the server may run
    command     the server's command line; `data` its data directory, also found in `command`
    user, group account of the server; null for that of this process
    adopt       process id of a running server whose keeper was killed; null to start one
It goes into the background once `keeper` is locked, and exits 0; the server's output and its own
go to its standard error.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

POLL_SECONDS = 0.1
STOP_SECONDS = 20.0  # of an orderly stop, before connections and checkpoint are cut short
RETRY_SECONDS = 1.0  # for the child processes of a killed server to end


def command_line(pid: int) -> str:
    """The arguments of a running process, joined by spaces; "" if it has ended."""
    proc = Path("/proc")
    try:
        if (proc / "self").exists():
            return (proc / str(pid) / "cmdline").read_text().replace("\0", " ")
        found = subprocess.run(  # noqa: S603 - fixed arguments and a number
            ["/bin/ps", "-ww", "-o", "args=", "-p", str(pid)],
            capture_output=True,
            text=True,
            check=False,
        )
        return found.stdout
    except OSError:
        return ""


def is_server(pid: int, data: str) -> bool:
    """Whether the process is a Postgres with that data directory, not another that got its id."""
    return f"/postgres -D {data} " in command_line(pid)


def is_ready(pid: int, data: str) -> bool:
    """Whether the server accepts connections, by the status at the end of its pid file."""
    try:
        lines = (Path(data) / "postmaster.pid").read_text().split()
    except OSError:
        return False
    return lines[:1] == [str(pid)] and lines[-1:] == ["ready"]


class ServerProcess:
    """The running server: a child, or an adopted process."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.order = order
        self.child: subprocess.Popen[bytes] | None = None
        self.pid: int = order["adopt"] or 0
        self.was_ready = bool(self.pid)
        if not self.pid:
            self.start()

    def start(self) -> None:
        """Run the command as a child."""
        self.child = subprocess.Popen(  # noqa: S603 - the command is our own
            self.order["command"],
            cwd=self.order["data"],
            env={"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"},
            stdin=subprocess.DEVNULL,
            user=self.order["user"],
            group=self.order["group"],
            extra_groups=None if self.order["user"] is None else [],
        )
        self.pid = self.child.pid

    def is_alive(self) -> bool:
        """Whether the server runs; a child that has ended is reaped."""
        self.was_ready = self.was_ready or is_ready(self.pid, self.order["data"])
        if self.child is not None:
            return self.child.poll() is None
        return is_server(self.pid, self.order["data"])

    def revive(self) -> None:
        """Restart after an unexpected end; SystemExit if it was never ready."""
        if not self.was_ready:
            sys.exit(1)
        self.was_ready = False
        time.sleep(RETRY_SECONDS)
        self.start()

    def stop(self) -> None:
        """Stop the server, and wait until it has ended."""
        for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):  # fast, immediate, at once
            deadline = time.monotonic() + STOP_SECONDS
            if self.is_alive():
                os.kill(self.pid, how)
            while self.is_alive() and time.monotonic() < deadline:
                time.sleep(POLL_SECONDS / 10)


def is_unused(users: int) -> bool:
    """Whether no process uses the server; if so, it is locked against new users."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def keep(order: dict[str, Any]) -> None:
    """Run the server until nobody uses it, or until SIGTERM."""
    stopping: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopping.append(number))
    users = os.open(order["users"], os.O_RDWR)
    server = ServerProcess(order)
    try:
        while not (stopping or is_unused(users)):
            if not server.is_alive():
                server.revive()
            time.sleep(POLL_SECONDS)
    finally:
        server.stop()


def main() -> None:
    """Lock `keeper`, go into the background, and keep the server running."""
    order = json.loads(sys.argv[1])
    keeper = os.open(order["keeper"], os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(keeper, fcntl.LOCK_EX)  # waits only for processes testing whether it is held
    if os.fork():
        os._exit(0)
    keep(order)


if __name__ == "__main__":
    main()
