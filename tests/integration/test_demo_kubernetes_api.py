"""The demo's Kubernetes API over plain HTTPS, without the collector's code."""

import email.message
import gzip
import json
import ssl
import stat
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reldash.demo import DemoFleet
from reldash.demo.topology import CLUSTERS

LISTS = {
    "namespaces": "/api/v1/namespaces",
    "pods": "/api/v1/pods",
    "deployments": "/apis/apps/v1/deployments",
    "statefulsets": "/apis/apps/v1/statefulsets",
    "daemonsets": "/apis/apps/v1/daemonsets",
    "replicasets": "/apis/apps/v1/replicasets",
    "controllerrevisions": "/apis/apps/v1/controllerrevisions",
    "cronjobs": "/apis/batch/v1/cronjobs",
    "jobs": "/apis/batch/v1/jobs",
    "rollouts": "/apis/argoproj.io/v1alpha1/rollouts",
}
OWNERS = {
    "ReplicaSet": "replicasets",
    "StatefulSet": "statefulsets",
    "DaemonSet": "daemonsets",
    "Job": "jobs",
    "CronJob": "cronjobs",
    "Deployment": "deployments",
    "Rollout": "rollouts",
}


@dataclass
class Answer:
    """A response: status code, headers and raw body."""

    code: int
    headers: email.message.Message
    raw: bytes

    @property
    def body(self) -> Any:
        packed = self.headers.get("Content-Encoding") == "gzip"
        return json.loads(gzip.decompress(self.raw) if packed else self.raw)


@dataclass
class Client:
    """A client of the fleet's clusters that signs in as the dashboard would."""

    fleet: DemoFleet

    def get(
        self,
        cluster: str,
        path: str,
        token: str | None = "",
        timeout: float = 10,
        after: str = "",
        **query: Any,
    ) -> Answer:
        context = ssl.create_default_context()
        self.fleet.authority.configure_trust(context)
        account = self.fleet.accounts[cluster]
        given = (account.sent or account.token) if token == "" else token
        headers = {"Authorization": f"Bearer {given}"} if given is not None else {}
        if query.pop("gzipped", False):
            headers["Accept-Encoding"] = "gzip"
        url = self.fleet.urls[cluster] + path
        if after:
            query["continue"] = after
        if query:
            url += "?" + urllib.parse.urlencode(query)
        request = urllib.request.Request(url, headers=headers)  # noqa: S310 - https, our own server
        try:
            with urllib.request.urlopen(  # noqa: S310 - likewise
                request, context=context, timeout=timeout
            ) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())

    def items(self, cluster: str, path: str, **query: Any) -> list[Any]:
        answer = self.get(cluster, path, **query)
        assert answer.code == 200, answer.raw
        items: list[Any] = answer.body["items"]
        return items


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoFleet]:
    with DemoFleet.start(tmp_path_factory.mktemp("fleet"), speed=0) as running:
        running.faults["platform-dev"].throttle_every = 0
        yield running


@pytest.fixture
def client(fleet: DemoFleet) -> Client:
    return Client(fleet)


def name_of(item: Any) -> tuple[str, str]:
    return item["metadata"].get("namespace", ""), item["metadata"]["name"]


READABLE = ("platform-dev", "platform-stg", "platform-prod-eu", "solutions-nonprod")


@pytest.mark.parametrize("cluster", READABLE)
def test_every_list_has_its_kind(client: Client, cluster: str) -> None:
    groups = [g["name"] for g in client.get(cluster, "/apis").body["groups"]]
    for resource, path in LISTS.items():
        if resource == "rollouts" and "argoproj.io" not in groups:
            continue
        body = client.get(cluster, path).body
        assert body["kind"].lower() == f"{resource[:-1]}list"
        assert path.endswith(f"{body['apiVersion']}/{resource}")
        assert int(body["metadata"]["resourceVersion"]) > 0
        assert "continue" not in body["metadata"]


def test_the_fleet_has_the_documented_size(client: Client) -> None:
    assert len(client.fleet.urls) == len(CLUSTERS) >= 10
    kinds = ("deployments", "statefulsets", "daemonsets", "cronjobs")
    names = {
        item["metadata"]["name"]
        for cluster in ("platform-dev", "solutions-nonprod")
        for kind in kinds
        for item in client.items(cluster, LISTS[kind])
    }
    assert len(names) >= 60


@pytest.mark.parametrize("cluster", READABLE)
def test_every_owner_reference_points_to_a_listed_object(client: Client, cluster: str) -> None:
    groups = [g["name"] for g in client.get(cluster, "/apis").body["groups"]]
    listed = {
        resource: client.items(cluster, path)
        for resource, path in LISTS.items()
        if resource != "rollouts" or "argoproj.io" in groups
    }
    uids = {
        (resource, item["metadata"]["uid"]): name_of(item)
        for resource, items in listed.items()
        for item in items
    }
    owned = [
        (item, item["metadata"]["ownerReferences"][0])
        for items in listed.values()
        for item in items
        if "ownerReferences" in item["metadata"]
    ]
    assert {owner["kind"] for _, owner in owned} >= {"ReplicaSet", "Deployment", "Job", "CronJob"}
    for item, owner in owned:
        place, _ = name_of(item)
        assert uids[OWNERS[owner["kind"]], owner["uid"]] == (place, owner["name"])


def test_status_counts_match_the_listed_pods(client: Client) -> None:
    pods = client.items("platform-prod-eu", LISTS["pods"])
    sets = {
        item["metadata"]["uid"]: item
        for item in client.items("platform-prod-eu", LISTS["replicasets"])
    }
    ready: dict[str, int] = dict.fromkeys(sets, 0)
    for pod in pods:
        owner = pod["metadata"]["ownerReferences"][0]
        conditions = {c["type"]: c["status"] for c in pod["status"].get("conditions", [])}
        if owner["kind"] == "ReplicaSet" and conditions.get("Ready") == "True":
            ready[owner["uid"]] += 1
    assert sum(ready.values()) > 50
    assert ready == {uid: item["status"].get("readyReplicas", 0) for uid, item in sets.items()}


def test_history_reaches_back_for_weeks(client: Client) -> None:
    made = [
        datetime.fromisoformat(item["metadata"]["creationTimestamp"])
        for item in client.items("platform-stg", LISTS["replicasets"])
    ]
    assert datetime.now(UTC) - min(made) > timedelta(days=40)
    assert len(set(made)) > 40
    assert max(made) < datetime.now(UTC)


def test_pages_make_up_the_whole_list(client: Client) -> None:
    whole = [name_of(item) for item in client.items("platform-dev", LISTS["pods"])]
    assert whole == sorted(whole, key="/".join)
    paged, token, remaining = [], "", []
    while True:
        body = client.get("platform-dev", LISTS["pods"], limit=50, after=token).body
        paged += [name_of(item) for item in body["items"]]
        remaining.append(body["metadata"].get("remainingItemCount", 0))
        token = body["metadata"].get("continue", "")
        if not token:
            break
    assert paged == whole
    assert remaining == [max(0, len(whole) - 50 * n) for n in range(1, len(remaining) + 1)]


def test_pages_continue_the_list_as_of_the_first_page(client: Client) -> None:
    whole = [item["metadata"]["uid"] for item in client.items("platform-dev", LISTS["pods"])]
    first = client.get("platform-dev", LISTS["pods"], limit=5).body
    for _ in range(4):
        client.fleet.step()
    token = first["metadata"]["continue"]
    rest = client.items("platform-dev", LISTS["pods"], after=token)
    assert [item["metadata"]["uid"] for item in first["items"] + rest] == whole
    fresh = [item["metadata"]["uid"] for item in client.items("platform-dev", LISTS["pods"])]
    assert fresh != whole


def test_an_expired_continue_token_is_410_with_a_fresh_one(client: Client) -> None:
    path = LISTS["deployments"]
    token = client.get("platform-stg", path, limit=10).body["metadata"]["continue"]
    client.fleet.faults["platform-stg"].expire_tokens = True
    gone = client.get("platform-stg", path, limit=10, after=token)
    assert gone.code == 410
    status = gone.body
    assert (status["kind"], status["reason"], status["code"]) == ("Status", "Expired", 410)
    fresh = status["metadata"]["continue"]
    rest = client.items("platform-stg", path, after=fresh)
    assert len(rest) == len(client.items("platform-stg", path)) - 10


@pytest.mark.parametrize("token", ["nonsense", "bm9uc2Vuc2U", "e30", "!!", "ä"])
def test_an_unknown_continue_token_is_400(client: Client, token: str) -> None:
    answer = client.get("platform-stg", LISTS["pods"], limit=10, after=token)
    assert answer.code == 400
    assert answer.body["reason"] == "BadRequest"
    assert answer.body["message"].startswith("invalid continue token: ")


def test_a_large_list_is_compressed_for_clients_with_gzip(client: Client) -> None:
    packed = client.get("platform-dev", LISTS["pods"], gzipped=True)
    plain = client.get("platform-dev", LISTS["pods"])
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.body == plain.body
    assert len(packed.raw) * 5 < len(plain.raw)
    small = client.get("platform-dev", "/version", gzipped=True)
    assert "Content-Encoding" not in small.headers


@pytest.mark.parametrize("token", [None, "", "wrong"])
def test_a_wrong_token_is_401(client: Client, token: str | None) -> None:
    answer = client.get("platform-shared-us", LISTS["pods"], token=token)
    assert answer.code == 401
    assert answer.raw == (
        b'{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",'
        b'"message":"Unauthorized","reason":"Unauthorized","code":401}\n'
    )


def test_listing_without_permission_is_403(client: Client) -> None:
    assert client.get("platform-prod-edge", LISTS["deployments"]).code == 200
    answer = client.get("platform-prod-edge", LISTS["pods"])
    assert answer.code == 403
    assert answer.body == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": (
            'pods is forbidden: User "system:serviceaccount:reldash:reader" cannot list resource '
            '"pods" in API group "" at the cluster scope'
        ),
        "reason": "Forbidden",
        "details": {"kind": "pods"},
        "code": 403,
    }


def test_a_namespaced_account_can_list_only_its_namespaces(client: Client) -> None:
    cluster = "solutions-prod-ch"
    assert client.get(cluster, LISTS["deployments"]).code == 403
    mine = "/apis/apps/v1/namespaces/cust-helvetia/deployments"
    assert {name_of(item)[0] for item in client.items(cluster, mine)} == {"cust-helvetia"}
    other = client.get(cluster, "/apis/apps/v1/namespaces/kube-system/deployments")
    assert other.code == 403
    assert other.body["message"].endswith('in API group "apps" in the namespace "kube-system"')


@pytest.mark.parametrize(
    ("selector", "chosen"),
    [
        ("app=config-api", {"config-api"}),
        ("app.kubernetes.io/component in (api, worker)", {"orders-api", "orders-worker"}),
        ("app.kubernetes.io/part-of=shipping,app.kubernetes.io/name!=label-printer", None),
    ],
)
def test_lists_take_label_selectors(client: Client, selector: str, chosen: set[str] | None) -> None:
    found = {
        name_of(item)[1]
        for item in client.items("platform-dev", LISTS["deployments"], labelSelector=selector)
    }
    assert found
    assert chosen is None or found == chosen
    assert "label-printer" not in found


def test_argo_rollouts_are_served_only_where_installed(client: Client) -> None:
    assert client.get("platform-dev", LISTS["rollouts"]).code == 404
    assert client.get("platform-dev", "/apis/argoproj.io/v1alpha1").code == 404
    rollouts = {
        name_of(item)[1]: item["status"]["phase"]
        for item in client.items("platform-prod-eu", LISTS["rollouts"])
    }
    assert rollouts["checkout-web"] == "Paused"
    assert rollouts["search-ui"] == "Degraded"
    assert rollouts["storefront"] == "Paused"


def test_a_throttled_request_is_429_with_retry_after(client: Client) -> None:
    client.fleet.faults["platform-stg"].throttle = 1
    answer = client.get("platform-stg", "/version")
    assert (answer.code, answer.headers["Retry-After"]) == (429, "1")
    assert client.get("platform-stg", "/version").code == 200


def test_a_cluster_that_is_down_refuses_connections_until_it_is_up(client: Client) -> None:
    cluster = "solutions-prod-eu"
    assert client.get(cluster, "/version").code == 200
    client.fleet.set_down(cluster)
    with pytest.raises(urllib.error.URLError) as refused:
        client.get(cluster, "/version")
    assert isinstance(refused.value.reason, ConnectionRefusedError)
    client.fleet.set_down(cluster, down=False)
    assert client.get(cluster, "/version").code == 200


def test_a_hanging_cluster_does_not_block_others(client: Client) -> None:
    client.fleet.set_hanging("solutions-prod-eu")
    with pytest.raises(TimeoutError):
        client.get("solutions-prod-eu", "/version", timeout=0.3)
    assert client.get("solutions-nonprod", "/version").code == 200
    client.fleet.set_hanging("solutions-prod-eu", hanging=False)
    assert client.get("solutions-prod-eu", "/version").code == 200


def test_a_token_can_expire_after_its_first_use(client: Client) -> None:
    account = client.fleet.accounts["platform-shared-ap"]
    account.lasts = 1000
    assert client.get("platform-shared-ap", LISTS["deployments"]).code == 200
    account.lasts = 0
    assert client.get("platform-shared-ap", LISTS["deployments"]).code == 401


def test_tokens_are_readable_by_their_owner_only(fleet: DemoFleet) -> None:
    tokens = fleet.fleet_file.parent / "tokens"
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tokens.iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE(tokens.stat().st_mode) == 0o700
    text = fleet.fleet_file.read_text()
    assert not any(account.token in text for account in fleet.accounts.values())


def test_only_the_requested_clusters_are_served(tmp_path: Path) -> None:
    with DemoFleet.start(tmp_path, speed=0, clusters=["platform-dev"]) as one:
        assert list(one.urls) == ["platform-dev"]
        assert Client(one).get("platform-dev", "/version").code == 200
        one.step()
    with pytest.raises(urllib.error.URLError):
        Client(one).get("platform-dev", "/version")
