"""No credential, token or presigned URL of AWS is logged, shown or stored."""

import logging
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from psycopg2 import sql

from reldash.collectors.aws.eks import get_eks
from reldash.collectors.kubernetes.read_cluster import check_cluster
from reldash.config import Settings, load_fleet
from reldash.domain.workloads.reads import ClusterRead, ReadFailure
from reldash.services.collecting.collector import Collector
from reldash.services.context import Context
from reldash.store import Store
from tests.integration.collectors.aws_front import (
    ACCESS_KEY,
    OTHER_ROLE,
    REGION,
    SECRET_KEY,
    AwsFront,
    presigned_url,
)
from tests.integration.collectors.eks_clusters import (
    OTHER,
    RULES,
    entry_of,
    failed,
    read,
)
from tests.integration.collectors.kubernetes_objects import deployment
from tests.integration.recorded_server import LISTS, Answer, ApiServer, Request


def echo(request: Request) -> Answer:
    """A refusal that repeats what it was sent."""
    words = f"{request.headers['Authorization']} {presigned_url(request)}"
    return Answer(403, b'{"kind": "Status", "message": "%s"}' % words.encode())


def test_no_secret_is_logged_or_shown(
    front: AwsFront,
    other: ApiServer,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(
        "reldash.collectors.http.expiring.FAILURE_SHARED_FOR", 0
    )  # each answer is met

    for path in LISTS.values():
        other.handlers[path] = echo
    told = [repr(failed(read(OTHER))), repr(check_cluster(entry_of(OTHER), RULES))]
    token = other.requests[-1].headers["Authorization"].removeprefix("Bearer ")
    quoted = f"signed {' '.join(front.given)}"
    for code in ("SignatureDoesNotMatch", "AccessDeniedException", "InvalidParameterException"):
        headers = {"x-amzn-errortype": code}
        body = b'{"message": "%s"}' % quoted.encode()
        front.faults["DescribeCluster"] = [Answer(403, body, headers)]
        get_eks().forget_endpoint(OTHER)
        told.append(repr(failed(read(OTHER))))
        told.append(repr(check_cluster(entry_of(OTHER), RULES)))
    text = "\n".join([*told, caplog.text])
    secrets = [SECRET_KEY, ACCESS_KEY, token, "X-Amz-Signature", *front.given]
    assert len(front.given) >= 3
    assert "Refused by AWS" in text
    assert [secret for secret in secrets if secret in text] == []


def test_no_secret_reaches_the_database(
    front: AwsFront, other: ApiServer, database_url: str, tmp_path: Path
) -> None:
    other.lists[LISTS["deployments"]] = [deployment()]
    other.handlers[LISTS["statefulsets"]] = echo
    fleet = tmp_path / "fleet.yaml"
    eks = f"{{cluster: other, region: {REGION}, role_arn: '{OTHER_ROLE}', external_id: ours}}"
    fleet.write_text(
        "environments: [dev]\ndashboards: {platform: {environments: [dev]}}\n"
        f"clusters: [{{name: other, dashboard: platform, environment: dev, eks: {eks}}}]\n"
    )
    context = Context(Settings(fleet=fleet), load_fleet(fleet), Store.open(database_url))
    collector = Collector(context)
    (first,) = collector.collect()
    assert isinstance(first, ClusterRead)
    for path in LISTS.values():
        other.handlers[path] = echo
    (second,) = collector.collect()
    assert isinstance(second, ReadFailure)
    context.close()
    rows = all_rows(database_url)
    assert OTHER_ROLE not in rows
    assert second.title in rows
    token = other.requests[-1].headers["Authorization"].removeprefix("Bearer ")
    secrets = [SECRET_KEY, ACCESS_KEY, token, "X-Amz-Signature", *front.given]
    assert [secret for secret in secrets if secret in rows] == []


def all_rows(url: str) -> str:
    """Everything that a database holds, as text."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema='public'"
        )
        found = []
        for (name,) in cursor.fetchall():
            cursor.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(name)))
            found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found)
