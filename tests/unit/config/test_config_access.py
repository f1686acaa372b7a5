"""What a way into a cluster names is looked for when it is used, and missing it is told."""

from pathlib import Path

import pytest

from reldash.config import KubeconfigAccess, ServerAccess
from reldash.errors import CollectError


@pytest.fixture(autouse=True)
def _no_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reldash.config.environment.PROJECT_FOLDER", tmp_path)
    monkeypatch.chdir(tmp_path)


def by_variable() -> ServerAccess:
    return ServerAccess("https://kube", token_env="KUBE_TOKEN")


def refusal(access: ServerAccess) -> tuple[str, str, str]:
    with pytest.raises(CollectError) as raised:
        access.read_token()
    return raised.value.title, raised.value.message, raised.value.remedy


def test_a_token_is_read_anew_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBE_TOKEN", "one\n")
    first = by_variable().read_token()
    monkeypatch.setenv("KUBE_TOKEN", "two")
    assert (first, by_variable().read_token()) == ("one", "two")


def test_a_token_file_is_read_anew_each_time(tmp_path: Path) -> None:
    access = ServerAccess("https://kube", token_file=tmp_path / "token")
    (tmp_path / "token").write_text("one\n")
    first = access.read_token()
    (tmp_path / "token").write_text("two\n")
    assert (first, access.read_token()) == ("one", "two")


def test_a_token_may_stand_in_the_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBE_TOKEN", raising=False)
    (tmp_path / ".env").write_text("KUBE_TOKEN=filed\n")
    assert by_variable().read_token() == "filed"


def test_the_environment_goes_before_the_env_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("KUBE_TOKEN=filed\n")
    monkeypatch.setenv("KUBE_TOKEN", "set")
    assert by_variable().read_token() == "set"


@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_variable_is_told_with_its_name(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("KUBE_TOKEN", raising=False)
    if value is not None:
        monkeypatch.setenv("KUBE_TOKEN", value)
    assert refusal(by_variable()) == (
        "Token missing",
        "variable KUBE_TOKEN is not set or empty",
        "set it to the account's bearer token in the environment or .env",
    )


def test_a_missing_token_file_is_told_with_its_path(tmp_path: Path) -> None:
    path = tmp_path / "token"
    assert refusal(ServerAccess("https://kube", token_file=path)) == (
        "Token missing",
        f"no file {path}",
        "save the account's bearer token there, or correct server.token_file",
    )


def test_an_empty_token_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text(" \n")
    assert refusal(ServerAccess("https://kube", token_file=path))[:2] == (
        "Token missing",
        f"file {path} is empty",
    )


@pytest.mark.parametrize(
    "content", [b"s3cret s3cret", b"s3cret\nHost: x", "s3crét".encode(), b"s3cret\xff"]
)
def test_what_is_no_token_is_refused_and_not_repeated(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "token"
    path.write_bytes(content)
    title, message, remedy = refusal(ServerAccess("https://kube", token_file=path))
    assert title == "Token unusable"
    assert "s3cr" not in message + remedy


def test_a_missing_ca_file_is_told_with_its_path(tmp_path: Path) -> None:
    access = ServerAccess("https://kube", ca_file=tmp_path / "ca.crt", token_env="T")
    with pytest.raises(CollectError) as raised:
        access.ca_path()
    assert (raised.value.title, raised.value.message, raised.value.remedy) == (
        "CA file missing",
        f"no file {tmp_path / 'ca.crt'}",
        "save the cluster's CA certificate (PEM) there, or correct server.ca_file",
    )


def test_a_ca_file_that_is_there_is_given(tmp_path: Path) -> None:
    (tmp_path / "ca.crt").touch()
    assert ServerAccess("https://kube", tmp_path / "ca.crt", "T").ca_path() == tmp_path / "ca.crt"


def test_without_a_ca_file_the_systems_authorities_are_meant() -> None:
    assert by_variable().ca_path() is None


def test_the_named_kubeconfig_is_the_one_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", "/elsewhere")
    (tmp_path / "config").touch()
    assert KubeconfigAccess("a", tmp_path / "config").paths() == (tmp_path / "config",)


def test_kubectls_list_of_kubeconfigs_is_read_without_those_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.touch()
    two.touch()
    monkeypatch.setenv("KUBECONFIG", f"{one}:{tmp_path / 'none'}::{two}")
    assert KubeconfigAccess().paths() == (one, two)


def test_kubectls_usual_file_is_read_where_nothing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".kube").mkdir()
    (tmp_path / ".kube/config").touch()
    assert KubeconfigAccess().paths() == (tmp_path / ".kube/config",)


def test_a_missing_kubeconfig_is_told_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(CollectError) as raised:
        KubeconfigAccess("a", tmp_path / "config").paths()
    assert (raised.value.title, raised.value.message) == (
        "Kubeconfig missing",
        f"no file {tmp_path / 'config'}",
    )
