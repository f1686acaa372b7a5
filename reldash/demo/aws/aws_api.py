"""The API of the simulated AWS: moto, plus what moto lacks.

Adds permissions, external ids, presigned requests and throttling.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qs, parse_qsl, urlencode

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reldash.demo.aws import error_responses
from reldash.demo.aws.accounts import ALLOWED, ROLES
from reldash.demo.aws.moto_backend import MotoBackend, MotoResponse
from reldash.demo.aws.signatures import BadSignatureError, SigningKeys, check_presigned
from reldash.demo.faults import Faults

_PAGE: Final = 3  # clusters: AWS may return fewer than requested, with a nextToken
_FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class AwsCall:
    """One call: `service:Operation`, its form or query, and the caller's access key."""

    action: str
    path: str
    query: str
    form: Mapping[str, str]
    access_key: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def service(self) -> str:
        """The service prefix of permissions, such as "ecr"."""
        return self.action.partition(":")[0]


@dataclass(slots=True)
class AwsApi:
    """The ASGI application of all of AWS.

    Attributes:
        faults: fault switches, as for a cluster's API.
    """

    backend: MotoBackend
    faults: Faults

    def app(self) -> Starlette:
        """Return the application for every path of every service."""
        return Starlette(routes=[Route("/{path:path}", self._answer, methods=["GET", "POST"])])

    async def _answer(self, request: Request) -> Response:
        while self.faults.hanging and not await request.is_disconnected():
            await asyncio.sleep(0.1)
        if self.faults.delay:
            await asyncio.sleep(self.faults.delay.total_seconds())
        body = await request.body()
        headers = {name.lower(): value for name, value in request.headers.items()}
        answer = await run_in_threadpool(
            self._decide, request.method, request.url.path, request.url.query, headers, body
        )
        kept = {n: v for n, v in answer.headers.items() if n.lower() != "content-length"}
        return Response(answer.body, answer.status, kept)

    def _decide(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> MotoResponse:
        if "X-Amz-Signature=" in query:
            return self._identify(query, headers)
        call = _call_of(method, path, query, headers, body)
        caller = self.backend.caller(call.access_key)
        if caller is None or self.faults.refused:
            return error_responses.unknown_access_key(call.service)
        if self.faults.is_throttled():
            return error_responses.throttled(call.service)
        if call.action == "sts:AssumeRole":
            # Decided by the other account's trust policy, not by the caller's own policies.
            arn = call.form.get("RoleArn", "")
            role = ROLES.get(arn)
            trusted = role is not None and role.trusts(call.form.get("ExternalId"))
            return (
                self._pass_on(call)
                if trusted
                else error_responses.access_denied(call.action, caller.arn, arn)
            )
        # No repository has a policy for other accounts.
        foreign = call.service == "ecr" and registry_of(call.body) not in {"", caller.account}
        if foreign or call.action not in ALLOWED:
            return error_responses.access_denied(call.action, caller.arn)
        return self._pass_on(call)

    def _identify(self, query: str, headers: Mapping[str, str]) -> MotoResponse:
        """Respond to GetCallerIdentity from a cluster, with a request presigned by its client."""
        given = parse_qsl(query, keep_blank_values=True)
        try:
            access_key = check_presigned(given, headers, self._keys_of, datetime.now(UTC))
        except BadSignatureError as refused:
            return error_responses.error_response("sts", 403, refused.code, str(refused))
        wanted = {name: value for name, value in given if not name.startswith("X-Amz-")}
        scope = dict(given)["X-Amz-Credential"]
        # moto takes the caller only from this header, and the operation from a form.
        signed = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=-"
        form = urlencode(wanted).encode()
        sent = {"Authorization": signed, "Content-Type": _FORM}
        call = AwsCall("sts:GetCallerIdentity", "/", "", wanted, access_key, sent, form)
        return self._pass_on(call, "POST")

    def _pass_on(self, call: AwsCall, method: str = "") -> MotoResponse:
        query = call.query
        if call.action == "eks:ListClusters":
            requested = dict(parse_qsl(query))
            size = min(_PAGE, int(requested.get("maxResults", _PAGE)))
            query = urlencode(requested | {"maxResults": str(size)})
        target = call.path + (f"?{query}" if query else "")
        method = method or ("GET" if call.service == "eks" else "POST")
        return self.backend.call(method, target, call.headers, call.body)

    def _keys_of(self, access_key: str) -> SigningKeys | None:
        caller = self.backend.caller(access_key)
        return caller.keys if caller is not None else None


class _EcrRequest(msgspec.Struct):
    """The part of an ECR request body that is needed here."""

    registry: str = msgspec.field(default="", name="registryId")


_ECR_REQUEST = msgspec.json.Decoder(_EcrRequest)


def registry_of(body: bytes) -> str:
    """Return the registry's account in a call to ECR; "" if it has none."""
    return _ECR_REQUEST.decode(body).registry


def _call_of(
    method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
) -> AwsCall:
    # Credential=KEY/DAY/REGION/SERVICE/aws4_request
    scope = headers.get("authorization", "").partition("Credential=")[2].partition(",")[0]
    access_key, _, rest = scope.partition("/")
    service = [*rest.split("/"), "", ""][2]
    form: dict[str, str] = {}
    match service:
        case "sts":
            form = {k: v[0] for k, v in parse_qs(body.decode(errors="replace")).items()}
            operation = form.get("Action", "")
        case "eks" if method == "GET" and path == "/clusters":
            operation = "ListClusters"
        case "eks" if method == "GET" and path.count("/") == 2:  # /clusters/NAME
            operation = "DescribeCluster"
        case _:
            operation = headers.get("x-amz-target", "").rpartition(".")[2] or f"{method} {path}"
    action = f"{service}:{operation}"
    return AwsCall(action, path, query, form, access_key, headers, body)
