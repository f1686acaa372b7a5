"""What tests of configuration start from."""

from pathlib import Path

import hypothesis
import pytest

from reldash.config.settings import VARIABLES

# A busy machine is no fault of the code: pytest's own timeout ends what hangs.
hypothesis.settings.register_profile("unit", deadline=None)
hypothesis.settings.load_profile("unit")


@pytest.fixture
def no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with no .env, and an environment with none of the settings."""
    for name in VARIABLES.values():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("reldash.config.environment.PROJECT_FOLDER", tmp_path / "project")
    monkeypatch.chdir(tmp_path)
    return tmp_path
