"""What `.env` says about AWS comes to where boto3 looks: the environment."""

import os
from pathlib import Path

import pytest

from reldash.config import export_aws_variables


def taken_up(
    monkeypatch: pytest.MonkeyPatch, folder: Path, env_file: str, **environment: str
) -> dict[str, str]:
    """The environment afterwards."""
    monkeypatch.setattr("reldash.config.environment.PROJECT_FOLDER", folder)
    monkeypatch.chdir(folder)
    (folder / ".env").write_text(env_file)
    monkeypatch.setattr(os, "environ", environment)
    export_aws_variables()
    return environment


def test_aws_variables_of_the_file_are_set_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "AWS_PROFILE=ours\nAWS_CA_BUNDLE=\nPROD_TOKEN=secret\n"
    assert taken_up(monkeypatch, tmp_path, text, HOME="/h") == {"HOME": "/h", "AWS_PROFILE": "ours"}


def test_the_environment_goes_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = taken_up(monkeypatch, tmp_path, "AWS_PROFILE=filed\n", AWS_PROFILE="set")
    assert found == {"AWS_PROFILE": "set"}


def test_parts_of_two_sets_of_credentials_are_not_mixed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "AWS_ACCESS_KEY_ID=old\nAWS_SECRET_ACCESS_KEY=old\nAWS_SESSION_TOKEN=old\n"
    given = {"AWS_ACCESS_KEY_ID": "new", "AWS_SECRET_ACCESS_KEY": "new"}
    assert taken_up(monkeypatch, tmp_path, text, **given) == given
