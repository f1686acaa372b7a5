"""The embedded Postgres with a damaged folder: the error is one line."""

from pathlib import Path

import pytest

from reldash.errors import StoreError
from reldash.store.embedded import embedded_postgres
from tests.integration.store.servers import data_of, processes


def test_a_lost_password_is_reported(data_folder: Path) -> None:
    with embedded_postgres(data_folder, fsync=False):
        pass
    (data_folder / "postgres" / "password").unlink()
    with pytest.raises(StoreError, match=r"password is missing; expected it beside the data"):
        embedded_postgres(data_folder)
    assert processes(data_folder) == []


def test_data_that_postgres_rejects_are_reported_with_its_message(data_folder: Path) -> None:
    with embedded_postgres(data_folder, fsync=False):
        pass
    (data_of(data_folder) / "global" / "pg_control").write_bytes(b"")
    with pytest.raises(StoreError, match=r"PANIC.*postgres\.log") as caught:
        embedded_postgres(data_folder)
    assert caught.value.title == "Embedded Postgres does not start"
    assert processes(data_folder) == []


def test_a_folder_that_cannot_be_created_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="expected a folder that can be written to"):
        embedded_postgres(tmp_path / "file" / "data")
