"""Access to a cluster: kubeconfigs with their kinds of credentials, plugins, tokens."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trustme
import yaml

from reldash.collectors.kubernetes.read_cluster import get_cluster
from reldash.config import InClusterAccess, KubeconfigAccess, ServerAccess
from reldash.domain.workloads.reads import ClusterRead, ReadFailure
from tests.integration.collectors.kubeconfigs import (
    RULES,
    SECRET,
    Sign,
    authorization,
    entry_of,
    failed,
    kubeconfig,
)
from tests.integration.recorded_server import ApiServer, running


@pytest.mark.parametrize(
    ("user", "header"),
    [
        ({"token": SECRET}, f"Bearer {SECRET}"),
        (
            {"username": "ann", "password": "x"},
            "Basic " + base64.b64encode(b"ann:x").decode(),
        ),
        ({"auth-provider": {"name": "oidc", "config": {"id-token": "t"}}}, "Bearer t"),
        ({}, None),
    ],
)
def test_a_kubeconfigs_user_signs_in(
    server: ApiServer, sign_in: Sign, user: dict[str, Any], header: str | None
) -> None:
    assert isinstance(sign_in(user), ClusterRead)
    assert authorization(server) == header


def test_a_token_file_may_end_with_a_line_break(
    server: ApiServer, sign_in: Sign, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text(f"{SECRET}\n")
    assert isinstance(sign_in({"tokenFile": "token"}), ClusterRead)
    assert authorization(server) == f"Bearer {SECRET}"


def test_files_are_found_beside_the_kubeconfig(sign_in: Sign) -> None:
    assert isinstance(sign_in({}, **{"certificate-authority": "ca.crt"}), ClusterRead)


def test_the_authority_may_stand_in_the_kubeconfig(server: ApiServer, sign_in: Sign) -> None:
    data = base64.b64encode(server.ca_file.read_bytes()).decode()
    more = {"certificate-authority": "", "certificate-authority-data": data}
    assert isinstance(sign_in({}, **more), ClusterRead)


@pytest.mark.parametrize(
    ("change", "title", "words"),
    [
        ({"current-context": "prod"}, "Unknown context", "no context 'prod'; it has: dev"),
        ({"current-context": ""}, "No context", "current-context"),
        ({"clusters": []}, "Incomplete kubeconfig", "names cluster 'c'"),
        ({"users": []}, "Incomplete kubeconfig", "names user 'u'"),
        ({"clusters": [{"name": "c", "cluster": {}}]}, "Incomplete kubeconfig", "no server"),
        ({"users": {"u": SECRET}}, "Broken kubeconfig", "expected users to be a list"),
    ],
)
def test_a_kubeconfig_that_leads_nowhere_names_what_is_wrong(
    server: ApiServer, tmp_path: Path, change: dict[str, Any], title: str, words: str
) -> None:
    path = tmp_path / "config"
    path.write_text(yaml.safe_dump(kubeconfig(server, {"token": SECRET}) | change))
    found = get_cluster(entry_of(KubeconfigAccess(path=path)), RULES, revisions=False)
    failure = failed(found)
    assert failure.title == title
    assert words in failure.message
    assert str(path) in failure.message or "context 'dev'" in failure.message


def test_a_kubeconfig_that_is_no_yaml_does_not_quote_it(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text(f"users: [{{token: {SECRET}, ]")
    found = get_cluster(entry_of(KubeconfigAccess(path=path)), RULES, revisions=False)
    assert failed(found).title == "Broken kubeconfig"


@pytest.mark.parametrize(
    "user",
    [
        {"client-certificate": "missing.pem", "client-key": "missing.pem"},
        {"tokenFile": "missing"},
        {"client-certificate-data": "%%%", "client-key-data": "%%%"},
        {"auth-provider": {"name": "gcp"}},
        {"token": f"{SECRET}\r\nX-Evil: 1"},
    ],
)
def test_unusable_credentials_fail_the_cluster_and_are_not_shown(
    server: ApiServer, sign_in: Sign, user: dict[str, Any]
) -> None:
    failed(sign_in(user))
    assert not server.requests


def test_a_changed_kubeconfig_is_read_again(server: ApiServer, sign_in: Sign) -> None:
    sign_in({"token": "first"})
    sign_in({"token": "second-one"})
    assert authorization(server) == "Bearer second-one"


def test_many_clusters_of_one_kubeconfig_opened_at_once_are_not_mixed_up(
    authority: trustme.CA, tmp_path: Path
) -> None:
    with (
        running(ApiServer(), authority, tmp_path) as one,
        running(ApiServer(), authority, tmp_path) as two,
    ):
        servers = {"one": one, "two": two}
        path = tmp_path / "config"
        config = {
            "contexts": [{"name": n, "context": {"cluster": n, "user": n}} for n in servers],
            "clusters": [
                {"name": n, "cluster": {"server": s.url, "certificate-authority": str(s.ca_file)}}
                for n, s in servers.items()
            ],
            "users": [{"name": n, "user": {"token": f"token-{n}"}} for n in servers],
        }
        path.write_text(json.dumps(config))

        def read(name: str) -> ClusterRead | ReadFailure:
            access = KubeconfigAccess(context=name, path=path)
            return get_cluster(entry_of(access), RULES, revisions=False)

        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(read, ["one", "two"] * 8))
        assert all(isinstance(each, ClusterRead) for each in found)
        for name, server in servers.items():
            sent = {request.headers["Authorization"] for request in server.requests}
            assert sent == {f"Bearer token-{name}"}


def test_a_token_that_was_replaced_is_used_from_the_next_read(
    server: ApiServer, tmp_path: Path
) -> None:
    token_file = tmp_path / "token"
    access = ServerAccess(server.url, ca_file=server.ca_file, token_file=token_file)
    for token in ("first", "second"):
        token_file.write_text(token)
        assert isinstance(get_cluster(entry_of(access), RULES, revisions=False), ClusterRead)
        assert authorization(server) == f"Bearer {token}"


def test_a_missing_token_or_authority_fails_its_cluster(server: ApiServer, tmp_path: Path) -> None:
    token = tmp_path / "token"
    missing = ServerAccess(server.url, ca_file=server.ca_file, token_file=token)
    assert failed(get_cluster(entry_of(missing), RULES, revisions=False)).title == "Token missing"
    token.write_text("t")
    nowhere = replace(missing, ca_file=tmp_path / "none.crt")
    found = failed(get_cluster(entry_of(nowhere), RULES, revisions=False))
    assert found.title == "CA file missing"


def test_outside_a_cluster_there_is_no_service_account() -> None:
    found = failed(get_cluster(entry_of(InClusterAccess()), RULES, revisions=False))
    assert found.title == "Not in a cluster"
