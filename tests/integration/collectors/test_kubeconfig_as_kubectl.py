"""A kubeconfig behaves as in kubectl: impersonation, proxies, names, and what is not protected."""

import base64
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from reldash.collectors.kubernetes.check import check_cluster
from reldash.collectors.kubernetes.read_cluster import get_cluster
from reldash.config import KubeconfigAccess, ServerAccess
from reldash.domain.workloads.reads import ClusterRead
from tests.integration.collectors.kubeconfigs import (
    RULES,
    SECRET,
    Sign,
    entry_of,
    failed,
    kubeconfig,
)
from tests.integration.http_proxy import HttpProxy, running_proxy
from tests.integration.recorded_server import ApiServer

PASSWORD = "p@ss of the proxy"
WRITTEN = "p%40ss%20of%20the%20proxy"
BASIC = "Basic " + base64.b64encode(f"user:{PASSWORD}".encode()).decode()
ELSEWHERE = "kube.invalid"  # resolves nowhere (RFC 2606)


@pytest.fixture(autouse=True)
def _no_proxy_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def proxy() -> Iterator[HttpProxy]:
    with running_proxy() as started:
        yield started


def impersonation(server: ApiServer) -> list[set[tuple[str, str]]]:
    return [
        {(name.lower(), value) for name, value in request.header_lines if "mperson" in name}
        for request in server.requests
    ]


def test_every_request_impersonates_whom_the_user_names(server: ApiServer, sign_in: Sign) -> None:
    user = {
        "token": SECRET,
        "as": "viewer",
        "as-uid": "7",
        "as-groups": ["g1", "größe, g2"],
        "as-user-extra": {"scopes": ["a", "b"], "example.com/x y": ["c"]},
    }
    assert isinstance(sign_in(user), ClusterRead)
    sent = impersonation(server)
    assert len(sent) > 5
    assert all(each == sent[0] for each in sent)
    assert sent[0] == {
        ("impersonate-user", "viewer"),
        ("impersonate-uid", "7"),
        ("impersonate-group", "g1"),
        ("impersonate-group", "größe, g2".encode().decode("latin-1")),
        ("impersonate-extra-scopes", "a"),
        ("impersonate-extra-scopes", "b"),
        ("impersonate-extra-example.com%2fx%20y", "c"),
    }


@pytest.mark.parametrize(
    "user",
    [
        {"as-groups": ["g"]},
        {"as-uid": "7"},
        {"as": "a", "as-groups": "g"},
        {"as": "a\r\nX-Evil: 1"},
        {"as": "a", "as-user-extra": ["x"]},
    ],
)
def test_impersonation_that_cannot_be_meant_fails_before_a_request(
    server: ApiServer, sign_in: Sign, user: dict[str, Any]
) -> None:
    assert "kubeconfig" in failed(sign_in({"token": SECRET, **user})).title
    assert not server.requests


def test_a_proxy_gets_the_password_of_its_url(
    server: ApiServer, sign_in: Sign, proxy: HttpProxy
) -> None:
    proxy.authorization = BASIC
    url = f"http://user:{WRITTEN}@127.0.0.1:{proxy.port}"
    assert isinstance(sign_in({}, **{"proxy-url": url}), ClusterRead)
    assert set(proxy.asked) == {(server.url.removeprefix("https://"), BASIC)}
    assert not any("roxy-" in name for request in server.requests for name in request.headers)


def test_a_proxy_that_rejects_its_password_is_named_without_it(
    sign_in: Sign, proxy: HttpProxy, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    proxy.authorization = "Basic another"
    url = f"http://user:{WRITTEN}@127.0.0.1:{proxy.port}"
    failure = failed(sign_in({}, **{"proxy-url": url}))
    assert failure.message == (
        f"the proxy http://127.0.0.1:{proxy.port} rejected the user and password of proxy-url (407)"
    )
    shown = f"{failure.title}{failure.message}{failure.remedy}{caplog.text}"
    assert not [each for each in (PASSWORD, WRITTEN, BASIC[6:]) if each in shown]


def test_a_proxy_that_wants_a_password_and_gets_none_is_named(
    sign_in: Sign, proxy: HttpProxy
) -> None:
    proxy.authorization = BASIC
    failure = failed(sign_in({}, **{"proxy-url": f"http://127.0.0.1:{proxy.port}"}))
    assert failure.message.endswith("rejected the request: it wants a user and password (407)")
    assert "USER:PASSWORD" in failure.remedy


def test_a_proxy_that_may_not_reach_the_server_is_named(sign_in: Sign, proxy: HttpProxy) -> None:
    proxy.status = 403
    failure = failed(sign_in({}, **{"proxy-url": f"http://127.0.0.1:{proxy.port}"}))
    assert f"the proxy http://127.0.0.1:{proxy.port} answered 403" in failure.message


def test_a_proxy_that_is_not_there_is_named(sign_in: Sign) -> None:
    failure = failed(sign_in({}, **{"proxy-url": "http://127.0.0.1:9"}))
    assert "the proxy http://127.0.0.1:9 cannot be reached" in failure.message


@pytest.mark.parametrize("url", ["socks5://u:p4ss@h:1", "ftp://u:p4ss@h", "u:p4ss@h:80", "http://"])
def test_an_unusable_proxy_fails_the_cluster_without_quoting_it(sign_in: Sign, url: str) -> None:
    failure = failed(sign_in({}, **{"proxy-url": url}))
    assert failure.title == "Unusable proxy"
    assert "p4ss" not in f"{failure.message}{failure.remedy}"


def test_a_kubeconfigs_proxy_is_used_whatever_the_environment_excludes(
    sign_in: Sign, proxy: HttpProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    assert isinstance(sign_in({}, **{"proxy-url": f"http://127.0.0.1:{proxy.port}"}), ClusterRead)
    assert proxy.asked


def test_the_environments_proxy_is_used_with_its_password(
    sign_in: Sign, proxy: HttpProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy.authorization, proxy.status = BASIC, 502
    monkeypatch.setenv("https_proxy", f"http://user:{WRITTEN}@127.0.0.1:{proxy.port}")
    failure = failed(sign_in({}, server=f"https://{ELSEWHERE}:6443"))
    assert "answered 502" in failure.message
    assert set(proxy.asked) == {(f"{ELSEWHERE}:6443", BASIC)}


def test_this_machine_is_reached_without_the_environments_proxy(
    sign_in: Sign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    assert isinstance(sign_in({}), ClusterRead)


@pytest.mark.parametrize("name", ["2026-11-30", "123", "1.10", "0x1F", "on", "2026-11-30 10:00:00"])
def test_a_name_is_the_text_that_is_written(server: ApiServer, tmp_path: Path, name: str) -> None:
    path = tmp_path / "config"
    path.write_text(
        f"""
current-context: {name}
contexts: [{{name: {name}, context: {{cluster: {name}, user: {name}}}}}]
clusters: [{{name: {name}, cluster: {{server: "{server.url}", certificate-authority: ca.crt}}}}]
users: [{{name: {name}, user: {{token: abc, as: 123, as-groups: [2026-11-30]}}}}]
"""
    )
    for context in (None, name):
        access = KubeconfigAccess(context, path)
        assert isinstance(get_cluster(entry_of(access), RULES, revisions=False), ClusterRead)
    assert ("impersonate-group", "2026-11-30") in impersonation(server)[0]


SKIP = {"certificate-authority": "", "insecure-skip-tls-verify": True}


def test_an_unchecked_certificate_is_accepted_on_this_machine(sign_in: Sign) -> None:
    assert isinstance(sign_in({"token": SECRET}, **SKIP), ClusterRead)


@pytest.mark.parametrize(
    ("cluster", "words"),
    [
        ({**SKIP, "server": f"https://{ELSEWHERE}"}, "insecure-skip-tls-verify"),
        ({"server": f"http://{ELSEWHERE}"}, "plain http"),
        ({**SKIP, "proxy-url": f"http://{ELSEWHERE}:3128"}, "insecure-skip-tls-verify"),
    ],
)
def test_what_is_not_protected_is_refused_beyond_this_machine(
    sign_in: Sign, cluster: dict[str, Any], words: str
) -> None:
    failure = failed(sign_in({"token": SECRET}, **cluster))
    assert failure.title == "Insecure access refused"
    assert words in failure.message
    assert "allow_insecure: true" in failure.remedy


def test_an_authority_and_no_check_together_are_refused_as_in_kubectl(sign_in: Sign) -> None:
    failure = failed(sign_in({}, **{"insecure-skip-tls-verify": True}))
    assert failure.title == "Contradictory kubeconfig"


def test_a_flag_that_is_neither_true_nor_false_is_refused(sign_in: Sign) -> None:
    failure = failed(sign_in({}, **{"insecure-skip-tls-verify": "maybe"}))
    assert failure.title == "Broken kubeconfig"


def test_allowed_insecure_access_works_and_check_says_so(
    server: ApiServer, proxy: HttpProxy, tmp_path: Path
) -> None:
    proxy.hosts[ELSEWHERE] = "127.0.0.1"
    path = tmp_path / "config"
    cluster = {**SKIP, "server": server.url.replace("127.0.0.1", ELSEWHERE)}
    cluster["proxy-url"] = f"http://127.0.0.1:{proxy.port}"
    path.write_text(yaml.safe_dump(kubeconfig(server, {"token": SECRET}, **cluster)))
    entry = replace(entry_of(KubeconfigAccess(path=path)), allow_insecure=True)
    first, *rest = check_cluster(entry, RULES)
    assert first.message.endswith("insecure: certificate not checked (insecure-skip-tls-verify)")
    assert all(step.ok for step in (first, *rest))


def test_a_kubeconfigs_credentials_do_not_go_over_plain_http(
    proxy: HttpProxy, server: ApiServer, tmp_path: Path
) -> None:
    path = tmp_path / "config"
    cluster = {"server": f"http://{ELSEWHERE}", "proxy-url": f"http://127.0.0.1:{proxy.port}"}
    path.write_text(yaml.safe_dump(kubeconfig(server, {"token": SECRET}, **cluster)))
    entry = replace(entry_of(KubeconfigAccess(path=path)), allow_insecure=True)
    failed(get_cluster(entry, RULES, revisions=False))
    assert proxy.asked[0][0] == f"http://{ELSEWHERE}/version"
    assert proxy.authorizations == [None] * len(proxy.asked)


def test_the_token_of_a_server_goes_over_plain_http_where_that_is_allowed(
    proxy: HttpProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"127.0.0.1:{proxy.port}")
    (tmp_path / "token").write_text("t")
    access = ServerAccess(f"http://{ELSEWHERE}", token_file=tmp_path / "token")
    refused = failed(get_cluster(entry_of(access), RULES, revisions=False))
    assert refused.title == "Insecure access refused"
    get_cluster(replace(entry_of(access), allow_insecure=True), RULES, revisions=False)
    assert set(proxy.authorizations) == {"Bearer t"}
