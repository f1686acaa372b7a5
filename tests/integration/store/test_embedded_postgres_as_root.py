"""The embedded Postgres started by root: its account has to reach programs and data."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from reldash.store.embedded import embedded_postgres
from reldash.store.embedded.binaries import find_binaries
from tests.integration.store.servers import (
    PROJECT,
    USE,
    data_of,
    pid_of,
    query,
)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as another account")
class TestAsRoot:
    """Postgres refuses to run as root, so its account has to reach programs and data."""

    def test_it_runs_as_another_account(self, data_folder: Path) -> None:
        with embedded_postgres(data_folder, fsync=False):
            assert Path(f"/proc/{pid_of(data_folder, 'postmaster')}").stat().st_uid != 0

    def test_data_stay_in_the_folder_where_the_account_can_enter_it(self) -> None:
        folder = Path("/var/tmp") / f"open-{os.getpid()}"  # noqa: S108 - open to all is the point
        folder.mkdir(mode=0o755)
        try:
            with embedded_postgres(folder, fsync=False):
                assert (folder / "postgres" / "data").exists()
        finally:
            shutil.rmtree(folder)

    def test_a_private_checkout_works_and_stays_private(self, tmp_path: Path) -> None:
        private = tmp_path / "private"
        private.mkdir(mode=0o700)
        installed = find_binaries().parents[1]
        shutil.copytree(installed, private / "site" / installed.name, symlinks=True)
        libraries = installed.with_name("embedded_postgres.libs")
        shutil.copytree(libraries, private / "site" / libraries.name)
        script = f"import sys; sys.path.insert(0, {str(private / 'site')!r})\n{USE}"
        folder = private / "data"
        for _ in range(2):
            done = subprocess.run(  # noqa: S603 - our own script
                [sys.executable, "-c", script, folder],
                input="\n",
                capture_output=True,
                text=True,
                check=True,
                cwd=PROJECT,
            )
            assert done.stdout.startswith("postgresql://")
        copied = list(data_of(folder).parent.glob("postgres-*/embedded_postgres/pginstall/bin"))
        assert len(copied) == 1
        assert stat.S_IMODE(private.stat().st_mode) == 0o700
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700

    def test_data_elsewhere_follow_a_project_that_is_moved(
        self, tmp_path: Path, data_folder: Path
    ) -> None:
        with embedded_postgres(tmp_path / "old", fsync=False) as server:
            query(server.url, "CREATE TABLE kept (); SELECT 1")
            home = data_of(tmp_path / "old")
        (tmp_path / "old").rename(data_folder)
        with embedded_postgres(data_folder, fsync=False) as server:
            assert data_of(data_folder) == home

    def test_a_copied_project_gets_data_of_its_own(self, tmp_path: Path, data_folder: Path) -> None:
        with embedded_postgres(data_folder, fsync=False) as original:
            shutil.copytree(data_folder, tmp_path / "copy")
            with embedded_postgres(tmp_path / "copy", fsync=False) as copy:
                assert data_of(tmp_path / "copy") != data_of(data_folder)
                assert query(copy.url) == query(original.url) == 1

    def test_data_elsewhere_are_not_left_when_the_project_was_removed(
        self, data_folder: Path
    ) -> None:
        with embedded_postgres(data_folder, fsync=False):
            removed = data_of(data_folder)
        shutil.rmtree(data_folder)
        with embedded_postgres(data_folder, fsync=False):
            assert data_of(data_folder) != removed
        assert not removed.exists()

    def test_a_pointer_to_a_folder_of_another_account_is_not_followed(
        self, data_folder: Path, tmp_path: Path
    ) -> None:
        with embedded_postgres(data_folder, fsync=False):
            home = data_of(data_folder).parent
        shutil.rmtree(home)
        trap = tmp_path / "trap"
        trap.mkdir()
        (trap / "project").write_text(str(data_folder / "postgres"))
        (data_folder / "postgres" / "place").write_text(str(trap))
        with embedded_postgres(data_folder, fsync=False):
            assert data_of(data_folder).parent != trap
        assert not (trap / "data").exists()
