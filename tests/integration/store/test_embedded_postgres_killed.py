"""The embedded Postgres when its users, its keeper or the server itself are killed."""

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from reldash.store import Store
from reldash.store.embedded import embedded_postgres
from reldash.store.embedded.account import ServerAccount
from tests.integration.store.reads import CLUSTER, lease_of, read_of
from tests.integration.store.servers import (
    User,
    data_of,
    kind_of,
    pid_of,
    processes,
    query,
    wait_until,
)
from tests.unit.builders import observation


def test_it_stops_by_itself_when_its_last_user_is_killed(
    data_folder: Path, user: Callable[[], User]
) -> None:
    user().kill()
    wait_until(lambda: not processes(data_folder))


def test_what_was_recorded_survives_the_kill_of_everything(
    data_folder: Path, user: Callable[[], User]
) -> None:
    killed = user()
    store = Store.open(killed.url)
    store.clusters.record(read_of(observation()), lease_of(store))
    store.close()
    killed.process.kill()
    for pid in processes(data_folder):
        os.kill(pid, signal.SIGKILL)
    with embedded_postgres(data_folder, fsync=False) as server:
        store = Store.open(server.url)
        assert len(store.snapshots.load([CLUSTER]).observations) == 1
        store.close()


def test_a_server_whose_keeper_was_killed_is_adopted(
    data_folder: Path, user: Callable[[], User]
) -> None:
    orphaned = user()
    server = pid_of(data_folder, "postmaster")
    os.kill(pid_of(data_folder, "keeper"), signal.SIGKILL)
    orphaned.kill()
    assert processes(data_folder) == [server]
    adopter = user()
    assert adopter.url == orphaned.url
    assert pid_of(data_folder, "postmaster") == server
    adopter.let_go()
    assert processes(data_folder) == []


def test_a_server_that_is_killed_comes_back_where_it_was(
    data_folder: Path, user: Callable[[], User]
) -> None:
    using = user()
    killed = pid_of(data_folder, "postmaster")
    os.kill(killed, signal.SIGKILL)
    wait_until(
        lambda: [kind_of(p) for p in processes(data_folder) if p != killed].count("postmaster") == 1
    )
    again = embedded_postgres(data_folder, fsync=False)
    assert again.url == using.url
    again.release()


def test_a_stale_pid_file_that_names_another_process_does_no_harm(data_folder: Path) -> None:
    with embedded_postgres(data_folder, fsync=False):
        data = data_of(data_folder)
        pid_file = (data / "postmaster.pid").read_text()
    other = subprocess.Popen(
        ["/bin/sleep", "600"], cwd="/", **ServerAccount.choose(data, None).popen
    )
    try:
        _, _, rest = pid_file.partition("\n")
        (data / "postmaster.pid").write_text(f"{other.pid}\n{rest}")
        with embedded_postgres(data_folder, fsync=False) as server:
            assert query(server.url) == 1
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_setting_up_that_was_cut_short_is_done_again(data_folder: Path) -> None:
    with embedded_postgres(data_folder, fsync=False):
        data = data_of(data_folder)
    data.rename(data.with_name("data.new"))
    (data.with_name("data.new") / "PG_VERSION").unlink()
    (data_folder / "postgres" / "password").write_text("")
    with embedded_postgres(data_folder, fsync=False) as server:
        assert query(server.url) == 1
