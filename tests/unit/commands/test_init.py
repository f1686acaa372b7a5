"""`init` writes a first fleet file from a kubeconfig, and what it writes loads."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from reldash.commands.fleet_text import (
    KubeconfigContext,
    guess_clusters,
    guess_environment,
    render_fleet_text,
)
from reldash.commands.init import init
from reldash.config import KubeconfigAccess, load_fleet
from reldash.errors import ConfigurationError

EKS = "arn:aws:eks:eu-west-1:111122223333:cluster/platform-prod"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory that is also the home, with no kubeconfig and no settings."""
    for name in ("KUBECONFIG", "RELDASH_FLEET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("reldash.config.environment.PROJECT_FOLDER", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(init, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def save_kubeconfig(path: Path, *contexts: str, command: str = "") -> Path:
    user: dict[str, Any] = {"exec": {"command": command}} if command else {"token": "s3cret"}
    document = {
        "contexts": [{"name": c, "context": {"cluster": c, "user": "me"}} for c in contexts],
        "users": [{"name": "me", "user": user}],
    }
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(document))
    return path


def places(path: Path) -> dict[str, tuple[str, ...]]:
    """The clusters of a fleet file, each with its environments."""
    return {each.name: tuple(each.environments) for each in load_fleet(path).rules.clusters}


def test_contexts_become_clusters_of_guessed_environments(folder: Path) -> None:
    save_kubeconfig(folder / ".kube/config", EKS, "shared-eu", "stg", "cust-dev", "dev1")
    result = run()
    assert result.exit_code == 0
    assert places(folder / "fleet.yaml") == {
        "platform-prod": ("prod",),
        "shared-eu": ("shared",),
        "stg": ("stg",),
        "cust-dev": ("dev",),
        "dev1": ("dev",),
    }


def test_the_fleet_written_promotes_past_what_stands_apart(folder: Path) -> None:
    save_kubeconfig(folder / ".kube/config", "prod", "shared", "stg", "dev", "customer-dev")
    run()
    rules = load_fleet(folder / "fleet.yaml").rules
    assert [
        (e.name, e.promotes_from, e.default_baseline, e.pinned) for e in rules.environments
    ] == [
        ("dev", None, True, False),
        ("shared", None, False, False),
        ("stg", "dev", False, False),
        ("prod", None, True, True),
    ]
    assert {key: [e.name for e in each.environments] for key, each in rules.dashboards.items()} == {
        "platform": ["dev", "shared", "stg", "prod"],
        "customer-solutions": ["dev"],
    }


def test_each_cluster_is_entered_by_its_context(folder: Path) -> None:
    save_kubeconfig(folder / ".kube/config", EKS)
    run()
    (entry,) = load_fleet(folder / "fleet.yaml").entries
    assert entry.access == KubeconfigAccess(EKS)


def test_another_kubeconfig_than_the_usual_one_is_named(folder: Path) -> None:
    path = save_kubeconfig(folder / "my config", "dev")
    run("--kubeconfig", "my config")
    (entry,) = load_fleet(folder / "fleet.yaml").entries
    assert entry.access == KubeconfigAccess("dev", path)


def test_all_files_that_kubectl_reads_are_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [save_kubeconfig(folder / "1", "dev"), save_kubeconfig(folder / "2", "dev", "stg")]
    monkeypatch.setenv("KUBECONFIG", ":".join(map(str, files)))
    run()
    assert list(places(folder / "fleet.yaml")) == ["dev", "stg"]


def test_without_a_context_it_says_what_to_do(folder: Path) -> None:
    result = run()
    assert result.exit_code == 0
    assert (
        f"no context found in {folder / '.kube/config'}; add your clusters to the file"
        in result.stderr
    )
    rules = load_fleet(folder / "fleet.yaml").rules
    assert [each.name for each in rules.environments] == ["dev", "lit", "shared", "stg", "prod"]
    assert (list(rules.dashboards), rules.clusters) == (["platform", "customer-solutions"], ())


def test_the_examples_in_an_empty_file_are_sound_once_uncommented(folder: Path) -> None:
    run()
    path = folder / "fleet.yaml"
    text = path.read_text().replace("clusters: []", "clusters:").replace("\n#  ", "\n  ")
    path.write_text(text)
    assert places(path) == {"platform-dev": ("dev",), "platform-prod": ("prod",)}


def test_a_context_that_tells_no_environment_stands_as_a_comment(folder: Path) -> None:
    save_kubeconfig(folder / ".kube/config", "dev", "mystery")
    result = run()
    path = folder / "fleet.yaml"
    assert list(places(path)) == ["dev"]
    assert "1 more as comments: fill in their environment" in result.stderr
    path.write_text(
        path.read_text().replace("environment:    #", "environment: dev #").replace("\n#  ", "\n  ")
    )
    assert places(path) == {"dev": ("dev",), "mystery": ("dev",)}


def test_contexts_that_tell_no_environment_at_all_leave_a_file_that_loads(folder: Path) -> None:
    save_kubeconfig(folder / ".kube/config", "mystery", "riddle")
    run()
    assert places(folder / "fleet.yaml") == {}
    assert '#  - name: "riddle"' in (folder / "fleet.yaml").read_text()


def test_a_program_that_signs_in_is_mentioned(folder: Path) -> None:
    save_kubeconfig(folder / ".kube/config", "dev", command="aws")
    run()
    assert 'signs in with "aws"' in (folder / "fleet.yaml").read_text()


def test_no_secret_is_copied(folder: Path) -> None:
    save_kubeconfig(folder / ".kube/config", "dev")
    result = run()
    assert "s3cret" not in (folder / "fleet.yaml").read_text() + result.output


def test_a_file_that_is_there_is_kept(folder: Path) -> None:
    (folder / "fleet.yaml").write_text("mine")
    with pytest.raises(ConfigurationError) as raised:
        run()
    assert raised.value.message == "fleet.yaml already exists; use --force to overwrite it"
    assert (folder / "fleet.yaml").read_text() == "mine"


def test_force_replaces_it(folder: Path) -> None:
    (folder / "fleet.yaml").write_text("mine")
    run("--force")
    assert places(folder / "fleet.yaml") == {}


@pytest.mark.parametrize("arguments", [(), ("--kubeconfig", "empty")])
def test_force_without_a_context_leaves_a_fleet_file_alone(
    folder: Path, arguments: tuple[str, ...]
) -> None:
    (folder / "empty").write_text("apiVersion: v1\nkind: Config\n")
    save_kubeconfig(folder / ".kube/config", "platform-dev")
    run()
    written = (folder / "fleet.yaml").read_text()
    save_kubeconfig(folder / ".kube/config")
    with pytest.raises(ConfigurationError, match=r"no context found in .* left as it is"):
        run("--force", *arguments)
    assert (folder / "fleet.yaml").read_text() == written


@pytest.mark.parametrize("name", ["2026-11-30", "123", "1.10", "on", "0x1F"])
def test_a_name_that_yaml_takes_for_something_else_is_a_context(folder: Path, name: str) -> None:
    path = folder / "config"
    path.write_text(f"contexts: [{{name: {name}, context: {{cluster: dev, user: u}}}}]")
    run("--kubeconfig", "config")
    (entry,) = load_fleet(folder / "fleet.yaml").entries
    assert entry.access == KubeconfigAccess(name, path)


def test_it_writes_where_the_settings_say(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELDASH_FLEET", str(folder / "other.yaml"))
    run()
    assert places(folder / "other.yaml") == {}


def test_a_folder_that_is_not_there_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELDASH_FLEET", str(folder / "none/fleet.yaml"))
    with pytest.raises(ConfigurationError, match="not writable"):
        run()


@pytest.mark.parametrize("content", [b"- a list", b"token: [s3cret", b"a: \xff", b"a: 2026-13-45"])
def test_what_is_no_kubeconfig_is_told_without_its_content(folder: Path, content: bytes) -> None:
    (folder / "config").write_bytes(content)
    with pytest.raises(ConfigurationError) as raised:
        run("--kubeconfig", "config")
    assert str(raised.value) == "Kubeconfig unusable: config: expected a kubeconfig in YAML"
    assert not (folder / "fleet.yaml").exists()


def test_entries_of_a_kubeconfig_without_name_or_content_are_passed_over(folder: Path) -> None:
    contexts = [None, {"name": 3, "context": {}}, {"name": "dev"}, {"name": "stg", "context": {}}]
    (folder / "config").write_text(yaml.safe_dump({"contexts": contexts, "users": 5}))
    run("--kubeconfig", "config")
    assert list(places(folder / "fleet.yaml")) == ["stg"]


GUESSES = {
    "dev": "dev",
    "platform-DEV-eu": "dev",
    "prod2": "prod",
    "kind-kind": "dev",
    "staging.example.com": "stg",
    "lit_platform": "lit",
    EKS: "prod",
    "arn:aws:eks:eu-west-1:111122223333:cluster/dev/odd": "dev",
    "production-eu": "prod",
    "product-search": None,
    "nonprod": None,
    "non-prod": None,
    "dev-and-prod": None,
    "device-farm": None,
    "": None,
}


@pytest.mark.parametrize(("name", "environment"), GUESSES.items())
def test_an_environment_is_guessed_from_whole_words(name: str, environment: str | None) -> None:
    assert guess_environment(name) == environment


def test_names_are_told_apart() -> None:
    contexts = [
        KubeconfigContext("arn:aws:eks:eu-west-1:1:cluster/prod"),
        KubeconfigContext("arn:aws:eks:us-east-1:1:cluster/prod"),
        KubeconfigContext("prod"),
        KubeconfigContext("a/b"),
        KubeconfigContext("a b"),
        KubeconfigContext("***"),
    ]
    assert [guess.name for guess in guess_clusters(contexts)] == [
        "prod",
        "prod-us-east-1",
        "prod-2",
        "a-b",
        "a-b-2",
        "cluster",
    ]


WORDS = st.sampled_from(["dev", "stg", "shared", "prod", "customer", "mystery", "-", "/", " ", '"'])
NAMES = st.lists(WORDS | st.text(max_size=8), min_size=1, max_size=4).map("".join).filter(str.strip)


@settings(deadline=None)  # files are written: a busy disk is no fault
@given(st.lists(st.builds(KubeconfigContext, NAMES, NAMES, NAMES | st.just("")), max_size=6))
def test_whatever_contexts_are_called_the_file_loads(contexts: list[KubeconfigContext]) -> None:
    guesses = guess_clusters(contexts)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fleet.yaml"
        path.write_text(render_fleet_text(guesses, Path("/a: #b")), encoding="utf-8")
        entries = load_fleet(path).entries
    assert [entry.access for entry in entries] == [
        KubeconfigAccess(guess.context.name, Path("/a: #b"))
        for guess in guesses
        if guess.environment is not None
    ]
