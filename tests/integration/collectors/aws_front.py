"""AWS on 127.0.0.1: moto behind a front that adds what moto lacks.

The front gives EKS clusters the address and authority of a test's API server (moto's are
placeholders), checks external ids, and refuses calls when a test requests it.
"""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import urllib3

from tests.integration.recorded_server import Answer, ApiServer, Request

ACCESS_KEY, SECRET_KEY = "AKIAFAKEFAKEFAKE1234", "fake-secret-key-of-the-chain"
REGION = "eu-west-1"
OTHER_ROLE = "arn:aws:iam::222222222222:role/reader"
XML = "<ErrorResponse><Error><Code>{}</Code><Message>{}</Message></Error></ErrorResponse>"


def denied(action: str) -> Answer:
    """A missing permission, as EKS and STS say it."""
    words = f"User: arn:aws:iam::111111111111:user/x is not authorized to perform: {action}"
    if action.startswith("sts:"):
        body = XML.format("AccessDenied", words).encode()
        return Answer(403, body, content_type="text/xml")
    headers = {"x-amzn-errortype": "AccessDeniedException"}  # EKS; ECR says it in its body
    body = json.dumps({"__type": "AccessDeniedException", "message": words}).encode()
    return Answer(403, body, headers)


THROTTLED = Answer(
    400,
    b'{"__type": "ThrottlingException", "message": "Rate exceeded"}',
    {"x-amzn-errortype": "ThrottlingException"},
)
TOO_MANY = Answer(429, b"{}")
POD_IDENTITY = "/v1/credentials"
GOES_ON = Answer(0)  # moto's own answer
HANGS_UP = Answer(0)  # no answer at all
TARGET = "X-Amz-Target"  # the header that names an operation of ECR


class AwsFront:
    """Before a moto server; `faults` are answered first, one after the other, by operation."""

    def __init__(self, moto_url: str) -> None:
        self.url = ""
        self.clusters: dict[str, tuple[str, bytes]] = {}
        self.external_ids: dict[str, str] = {}
        self.faults: dict[str, list[Answer]] = {}
        self.asked: list[str] = []
        self.given: list[str] = []  # secrets of assumed roles that were handed out
        self.role_life: str | None = None  # Expiration of assumed roles, in place of moto's
        self.is_down = False
        self.scans: dict[str, dict[str, Any]] = {}  # what DescribeImages says of them, by digest
        self.findings: dict[str, list[dict[str, Any]]] = {}  # pages, by digest
        self.bodies: list[tuple[str, dict[str, Any]]] = []  # what ECR was asked
        self.closed: set[str] = set()  # repositories whose policies let nobody in
        self._moto_url = moto_url
        self._pool = urllib3.PoolManager(maxsize=8)

    def add_cluster(
        self,
        name: str,
        server: ApiServer,
        role_arn: str | None = None,
        *,
        region: str = REGION,
        tags: dict[str, str] | None = None,
    ) -> None:
        """Make an EKS cluster, in the account of a role if one is named."""
        role = "arn:aws:iam::111111111111:role/eks"
        self.eks(role_arn, region).create_cluster(
            name=name, roleArn=role, resourcesVpcConfig={"subnetIds": ["subnet-1"]}, tags=tags or {}
        )
        self.place(name, server)

    def eks(self, role_arn: str | None = None, region: str = REGION) -> Any:
        """Moto's EKS itself, in the account of a role if one is named."""
        keys = {"aws_access_key_id": ACCESS_KEY, "aws_secret_access_key": SECRET_KEY}
        if role_arn is not None:
            sts = boto3.client("sts", REGION, endpoint_url=self._moto_url, **keys)
            given = sts.assume_role(RoleArn=role_arn, RoleSessionName="maker")["Credentials"]
            keys = {
                "aws_access_key_id": given["AccessKeyId"],
                "aws_secret_access_key": given["SecretAccessKey"],
                "aws_session_token": given["SessionToken"],
            }
        return boto3.client("eks", region, endpoint_url=self._moto_url, **keys)

    def place(self, name: str, server: ApiServer) -> None:
        """Say that a cluster is where a server is."""
        self.clusters[name] = (server.url, server.ca_file.read_bytes())

    def handle(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        """The answer to one call."""
        path = urlsplit(target).path
        form = {key: values[0] for key, values in parse_qs(body.decode(errors="replace")).items()}
        operation = form.get("Action") or _operation(path, headers)
        self.asked.append(operation)
        if self.is_down:
            return HANGS_UP
        queue = self.faults.get(operation)
        fault = queue.pop(0) if queue and len(queue) > 1 else (queue or [GOES_ON])[0]
        if fault is not GOES_ON:
            return fault
        wanted = self.external_ids.get(form.get("RoleArn", ""))
        if wanted is not None and form.get("ExternalId") != wanted:
            return denied("sts:AssumeRole")
        if path == POD_IDENTITY:
            return self._pod_credentials(headers)
        presigned = parse_qs(urlsplit(target).query)
        if "X-Amz-Credential" in presigned:
            # moto looks at headers alone for who asks, and whom.
            key = presigned["X-Amz-Credential"][0]
            signed = f"AWS4-HMAC-SHA256 Credential={key}, SignedHeaders=host, Signature=0"
            kind = "application/x-www-form-urlencoded"
            headers = {"Authorization": signed, "Content-Type": kind}
            method, target = "POST", "/"
            body = b"Action=GetCallerIdentity&Version=2011-06-15"
        if TARGET in headers:
            asked = json.loads(body)
            self.bodies.append((operation, asked))
            if asked.get("repositoryName") in self.closed:
                return denied(f"ecr:{operation}")
            pages = self.findings.get(asked.get("imageId", {}).get("imageDigest"))
            if pages is not None:
                return _page(pages, asked.get("nextToken"))
        found = self._pool.request(
            method, self._moto_url + target, body=body, headers=headers, redirect=False
        )
        data, kind = found.data, found.headers.get("Content-Type", "application/json")
        if operation == "DescribeCluster" and found.status == 200:
            data = self._placed(path.rpartition("/")[2], data)
        if operation == "DescribeImages" and found.status == 200:
            data = self._scanned(data)
        if operation == "AssumeRole" and found.status == 200:
            data = self._lived(data)
        kept = {k: v for k, v in found.headers.items() if k.lower().startswith("x-amzn")}
        return Answer(found.status, data, kept, kind)

    def _pod_credentials(self, headers: dict[str, str]) -> Answer:
        if headers.get("Authorization") != "the-token-of-a-pod":
            return Answer(403)
        later = datetime.now(UTC) + timedelta(hours=6)
        given = {"AccessKeyId": ACCESS_KEY, "SecretAccessKey": SECRET_KEY, "Token": "pod"}
        return Answer(body=json.dumps({**given, "Expiration": later.isoformat()}).encode())

    def _placed(self, name: str, data: bytes) -> bytes:
        answer = json.loads(data)
        url, authority = self.clusters[name]
        answer["cluster"]["endpoint"] = url
        answer["cluster"]["certificateAuthority"] = {"data": base64.b64encode(authority).decode()}
        return json.dumps(answer).encode()

    def _scanned(self, data: bytes) -> bytes:
        answer = json.loads(data)
        for detail in answer["imageDetails"]:
            detail.update(self.scans.get(detail["imageDigest"], {}))
        return json.dumps(answer).encode()

    def _lived(self, data: bytes) -> bytes:
        for tag in (b"SecretAccessKey", b"SessionToken", b"AccessKeyId"):
            self.given.append(data.partition(b"<%s>" % tag)[2].partition(b"</")[0].decode())
        if self.role_life is None:
            return data
        head, _, rest = data.partition(b"<Expiration>")
        return head + b"<Expiration>" + self.role_life.encode() + rest[rest.index(b"</") :]


def _operation(path: str, headers: dict[str, str]) -> str:
    """What a path of EKS, or a header of ECR, asks for."""
    if TARGET in headers:
        return headers[TARGET].rpartition(".")[2]
    if path == "/clusters":
        return "ListClusters"
    return "DescribeCluster" if "/clusters/" in path else ""


def _page(pages: list[dict[str, Any]], token: str | None) -> Answer:
    """One of several pages; each but the last says how to ask for the next."""
    number = int(token or 0)
    more = {"nextToken": str(number + 1)} if number + 1 < len(pages) else {}
    body = json.dumps({**pages[number], **more}).encode()
    return Answer(body=body, content_type="application/x-amz-json-1.1")


@contextmanager
def fronting(moto_url: str) -> Iterator[AwsFront]:
    """Serve a front on 127.0.0.1 until the context ends."""
    front = AwsFront(moto_url)

    class Calls(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30
        disable_nagle_algorithm = True  # or each answer would wait for an acknowledgement

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            answer = front.handle(self.command, self.path, dict(self.headers), body)
            if answer is HANGS_UP:
                self.close_connection = True
                return
            with suppress(ConnectionError):
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Type", answer.content_type)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            """Say nothing: the tests look at `AwsFront.asked`."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Calls)
    http.daemon_threads = True
    front.url = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=lambda: http.serve_forever(poll_interval=0.02), daemon=True)
    thread.start()
    try:
        yield front
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def presigned_url(request: Request) -> str:
    """The request to STS that a bearer token carries; fails where there is no EKS token."""
    token = request.headers["Authorization"].removeprefix("Bearer k8s-aws-v1.")
    return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
