"""The policies in deploy/iam match the code's needs, and the README explains each line."""

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[3] / "deploy/iam"
FILES = sorted(FOLDER.glob("*.json"))


def statements(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FOLDER / name).read_text())["Statement"]
    return found


def actions(name: str) -> set[str]:
    listed = [each["Action"] for each in statements(name)]
    return {each for one in listed for each in ([one] if isinstance(one, str) else one)}


def test_the_policy_allows_only_describing_clusters_and_images() -> None:
    assert actions("policy.json") == {
        "eks:DescribeCluster",
        "ecr:DescribeImages",
        "ecr:DescribeImageScanFindings",
        "ecr:BatchGetImage",
    }


def test_discovery_also_needs_to_list_clusters() -> None:
    assert actions("policy-discover.json") == {"eks:ListClusters"}


def test_no_policy_is_for_all_resources_or_principals() -> None:
    for path in FILES:
        if path.name == "access-entry.json":
            continue
        for statement in statements(path.name):
            # AWS knows no resource for this right: it is bound to regions instead.
            is_list = statement["Action"] == "eks:ListClusters" and "Condition" in statement
            assert statement.get("Resource") != "*" or is_list
            assert statement.get("Principal") != "*"
            # The right to tag a session lets nobody in by itself.
            is_bound = "Condition" in statement or statement["Action"] == "sts:TagSession"
            assert is_bound or not path.name.startswith("trust-")


def test_only_the_trust_for_another_account_requires_an_external_id() -> None:
    bound = [
        statement["Action"]
        for statement in statements("trust-account.json")
        if "sts:ExternalId" in str(statement.get("Condition"))
    ]
    assert bound == ["sts:AssumeRole"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_readme_explains_every_file_and_permission(path: Path) -> None:
    manual = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert f"| `{path.name}` |" in manual
    if path.name != "access-entry.json":
        assert {each for each in actions(path.name) if f"`{each}`" not in manual} == set()


def test_the_access_entry_has_the_group_of_the_cluster_role_binding() -> None:
    entry = json.loads((FOLDER / "access-entry.json").read_text())
    (group,) = entry["kubernetesGroups"]
    assert f"name: {group}\n" in (FOLDER.parent / "rbac.yaml").read_text()
