"""`init --discover` reads AWS, and writes the clusters it finds."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reldash.commands.init import init
from reldash.config import DiscoverRule, EksAccess, load_fleet
from reldash.errors import CollectError
from tests.integration.collectors.aws_front import OTHER_ROLE, REGION, AwsFront, denied
from tests.integration.recorded_server import ApiServer

TAGS = {"release-dashboard": "platform", "environment": "dev"}


@pytest.fixture
def target(front: AwsFront, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the fleet file goes."""
    front.external_ids[OTHER_ROLE] = "ours"
    path = tmp_path / "fleet.yaml"
    monkeypatch.setenv("RELDASH_FLEET", str(path))
    return path


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(init, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_clusters_with_tags_become_a_rule(front: AwsFront, server: ApiServer, target: Path) -> None:
    front.add_cluster("other", server, OTHER_ROLE, tags=TAGS)
    result = run(
        "--discover", f"{REGION},us-east-1", "--role-arn", OTHER_ROLE, "--external-id", "ours"
    )
    assert "1 discovered, 1 of them assigned by tags" in result.stderr
    rule = DiscoverRule((REGION, "us-east-1"), OTHER_ROLE, "ours")
    assert load_fleet(target).discover == (rule,)


def test_clusters_without_tags_become_entries(
    front: AwsFront, server: ApiServer, target: Path
) -> None:
    front.add_cluster("platform-prod", server)
    run("--discover", REGION)
    (entry,) = load_fleet(target).entries
    assert entry.access == EksAccess("platform-prod", REGION)
    assert entry.cluster.environments == {"prod": ("*",)}


def test_a_refusal_everywhere_writes_nothing(
    front: AwsFront, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    front.faults["ListClusters"] = [denied("eks:ListClusters")]
    with pytest.raises(CollectError, match="Nothing written"):
        init.main(["--discover", REGION], standalone_mode=False)
    assert "missing permission eks:ListClusters" in capsys.readouterr().err
    assert not target.exists()


def test_nothing_found_says_so(target: Path) -> None:
    assert f"no EKS cluster found in {REGION}" in run("--discover", REGION).stderr
    assert load_fleet(target).entries == ()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--discover", "europe"],
        ["--discover", ","],
        ["--discover", REGION, "--external-id", "ours"],
        ["--discover", REGION, "--role-arn", "reader"],
        ["--role-arn", OTHER_ROLE],
        ["--discover", REGION, "--kubeconfig", __file__],
    ],
)
@pytest.mark.usefixtures("target")
def test_invalid_options_are_wrong_usage(arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert any(words in result.stderr for words in ("expected", "need --discover", "use either"))
