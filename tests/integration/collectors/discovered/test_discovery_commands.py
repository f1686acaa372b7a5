"""`check` and `collect` look for clusters first, and name what AWS refuses."""

import pytest
from click.testing import CliRunner, Result

from reldash.commands.collect import collect
from reldash.services.checks import run_checks
from reldash.services.context import Context
from tests.integration.collectors.aws_front import OTHER_ROLE, REGION, AwsFront, denied
from tests.integration.collectors.discovered.places import ELSEWHERE


@pytest.mark.usefixtures("aws")
def test_check_names_what_is_found_and_tries_what_is_assigned(context: Context) -> None:
    frame = run_checks(context)
    assert frame["ok"].all()
    found = frame.set_index(["what", "step"])["found"]
    assert found[f"discovery {REGION}", "listed"] == "1 cluster, 1 assigned"
    assert found[f"discovery {ELSEWHERE}", "listed"] == "1 cluster, 0 assigned"
    assert found[f"discovery {REGION} as {OTHER_ROLE}", "listed"] == "1 cluster, 1 assigned"
    assert found["far", "assigned"].startswith("found, not assigned: tags 'release-dashboard'")
    assert {("home", "allowed"), ("other", "allowed")} <= set(found.index)
    assert context.cluster_names == [], "it keeps nothing"


@pytest.mark.parametrize(
    ("operation", "right"),
    [
        ("AssumeRole", "sts:AssumeRole"),
        ("ListClusters", "eks:ListClusters"),
        ("DescribeCluster", "eks:DescribeCluster"),
    ],
)
def test_check_names_the_permission_that_is_missing(
    context: Context, aws: AwsFront, operation: str, right: str
) -> None:
    aws.faults[operation] = [denied(right)]
    frame = run_checks(context)
    failed = frame[~frame["ok"]]
    assert f"missing permission {right}" in failed["found"].iloc[0]
    assert failed["mend"].str.len().min() > 0


def run(context: Context, monkeypatch: pytest.MonkeyPatch, url: str, *arguments: str) -> Result:
    """Run `collect` over the same file and database."""
    monkeypatch.setenv("RELDASH_FLEET", str(context.settings.fleet))
    monkeypatch.setenv("DATABASE_URL", url)
    return CliRunner().invoke(collect, arguments)


@pytest.mark.parametrize("names", [(), ("home", "other")])
@pytest.mark.usefixtures("aws")
def test_collecting_once_discovers_first(
    context: Context, monkeypatch: pytest.MonkeyPatch, database_url: str, names: tuple[str, ...]
) -> None:
    wanted = [each for name in names for each in ("--cluster", name)] or ["--once"]
    result = run(context, monkeypatch, database_url, *wanted, "--format", "csv")
    assert result.exit_code == 0, result.output
    assert "home,collected," in result.stdout
    assert "other,collected," in result.stdout


def test_collecting_once_names_the_region_that_refuses_and_fails(
    context: Context, aws: AwsFront, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    aws.external_ids[OTHER_ROLE] = "another"
    result = run(context, monkeypatch, database_url, "--once", "--format", "csv")
    assert result.exit_code == 1
    assert "home,collected," in result.stdout
    assert f"discovery in {REGION} as {OTHER_ROLE}: Not allowed by AWS" in result.stderr
