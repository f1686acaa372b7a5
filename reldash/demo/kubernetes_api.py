"""The read-only Kubernetes API of one cluster: versions, groups and lists.

Shapes and messages are those of a kube-apiserver 1.36, as recorded from one.
"""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from zlib_ng import gzip_ng

from reldash.demo import status_errors
from reldash.demo.cluster_state import RESOURCES, ClusterState, StoredObject, served_groups
from reldash.demo.faults import Faults
from reldash.demo.label_selectors import parse_selector
from reldash.demo.object_parts import Json
from reldash.demo.paging import ContinueExpiredError, ContinueInvalidError, Pager
from reldash.demo.service_account import ServiceAccount
from reldash.demo.stable_ids import uid_of

_PACK: Callable[..., bytes] = gzip_ng.compress  # the package types it as returning anything
_GZIP_ABOVE = 128 * 1024  # bytes: the real server compresses larger responses


@dataclass(slots=True)
class ClusterApi:
    """The API of one cluster. `lock` is the fleet's, held while the state is read."""

    state: ClusterState
    account: ServiceAccount
    faults: Faults
    lock: threading.RLock
    _pager: Pager = field(init=False)

    def __post_init__(self) -> None:
        self._pager = Pager(self.state)

    def app(self) -> Starlette:
        """The ASGI application of this cluster."""
        lists = ["/api/v1", "/apis/{group}/{version}"]
        tails = ["/{resource}", "/namespaces/{namespace}/{resource}"]
        routes = [
            Route("/version", self._answer),
            Route("/api", self._answer),
            Route("/apis", self._answer),
            Route("/api/v1", self._answer),
            Route("/apis/{group}/{version}", self._answer),
            *(Route(head + tail, self._answer) for head in lists for tail in tails),
            Route("/{path:path}", self._answer),
        ]
        return Starlette(routes=routes)

    async def _answer(self, request: Request) -> Response:
        while self.faults.hanging and not await request.is_disconnected():
            await asyncio.sleep(0.1)
        if self.faults.delay:
            await asyncio.sleep(self.faults.delay.total_seconds())
        if self.faults.is_throttled():
            return _json(429, status_errors.too_many_requests(), {"Retry-After": "1"})
        # In a thread: the check may call STS, which this same event loop serves.
        header = request.headers.get("authorization")
        signed_in = await run_in_threadpool(self.account.is_signed_in, header)
        if self.faults.refused or not signed_in:
            return _json(401, status_errors.unauthorized())
        with self.lock:
            code, body = self._read(request)
        if isinstance(body, bytes):
            return _sized(request, body)
        return _json(code, body)

    def _read(self, request: Request) -> tuple[int, Json | bytes]:
        """Return status code and body for an authenticated request: JSON, or an encoded list."""
        path = request.path_params
        resource = path.get("resource")
        group, version = path.get("group", ""), path.get("version", "v1")
        if resource is not None:
            known = RESOURCES.get(resource)
            if known is None or (known.group, known.version) != (group, version):
                return 404, status_errors.not_found()
            namespace = path.get("namespace")
            # RBAC comes first, as in Kubernetes: without it, 403 also for resources not installed.
            if not self.account.may_list(resource, namespace):
                return 403, status_errors.forbidden(self.account.user, resource, known, namespace)
            if not self._serves(group):
                return 404, status_errors.not_found()
            return self._list(request, resource, namespace)
        match request.url.path.rstrip("/"):
            case "/version":
                return 200, _version(self.state.minor)
            case "/api":
                return 200, {"kind": "APIVersions", "versions": ["v1"]}
            case "/apis":
                return 200, _groups(self.state)
            case "/api/v1":
                return 200, _resources("", "v1")
            case _ if (group, version) in served_groups(self.state):
                return 200, _resources(group, version)
        return 404, status_errors.not_found()

    def _serves(self, group: str) -> bool:
        return group != "argoproj.io" or self.state.argo

    def _list(
        self, request: Request, resource: str, namespace: str | None
    ) -> tuple[int, Json | bytes]:
        known = RESOURCES[resource]
        query = request.query_params
        if self.faults.expire_tokens:
            self._pager.forget()
            # A new version, so that a recent token cannot be served from the current state.
            self.state.touch()
            self.faults.expire_tokens = False
        try:
            selector = query.get("labelSelector")
            matches = parse_selector(selector) if selector else None
            items, meta = self._pager.page(
                resource,
                namespace,
                int(query.get("limit") or 0),
                query.get("continue", ""),
                (lambda stored: matches(stored.labels)) if matches else None,
            )
        except ContinueExpiredError as expired:
            return 410, status_errors.expired_continue(expired.fresh)
        except ContinueInvalidError as invalid:
            return 400, status_errors.bad_continue(str(invalid))
        except ValueError as invalid:
            return 400, status_errors.bad_request(str(invalid))
        return 200, _list_body(known.kind, known.api_version, meta, items)


def _list_body(
    kind: str, version: str, meta: dict[str, object], items: list[StoredObject]
) -> bytes:
    """Join a list's JSON from its objects, which are encoded once, when they change."""
    head = msgspec.json.encode({"kind": f"{kind}List", "apiVersion": version, "metadata": meta})
    return head[:-1] + b',"items":[' + b",".join(stored.body for stored in items) + b"]}\n"


def _version(minor: int) -> Json:
    return {
        "major": "1",
        "minor": str(minor),
        "emulationMajor": "1",
        "emulationMinor": str(minor),
        "minCompatibilityMajor": "1",
        "minCompatibilityMinor": str(minor - 1),
        "gitVersion": f"v1.{minor}.2-eks-3e1f0ab",
        "gitCommit": "98b35193b2ac7a23a673325f5e9b830ecd5ba406",
        "gitTreeState": "clean",
        "buildDate": "2026-08-21T11:29:11Z",
        "goVersion": "go1.26.6",
        "compiler": "gc",
        "platform": "linux/amd64",
    }


def _groups(state: ClusterState) -> Json:
    groups = []
    for name, version in served_groups(state):
        entry = {"groupVersion": f"{name}/{version}", "version": version}
        groups.append({"name": name, "versions": [entry], "preferredVersion": entry})
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}


def _resources(group: str, version: str) -> Json:
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": f"{group}/{version}" if group else version,
        "resources": [
            {
                "name": name,
                "singularName": known.kind.lower(),
                "namespaced": known.namespaced,
                "kind": known.kind,
                "verbs": ["get", "list", "watch"],
            }
            for name, known in RESOURCES.items()
            if (known.group, known.version) == (group, version)
        ],
    }


def _json(code: int, body: Json, headers: dict[str, str] | None = None) -> Response:
    content = msgspec.json.encode(body) + b"\n"
    return _response(code, content, headers or {})


def _sized(request: Request, body: bytes) -> Response:
    """Respond with a list, compressed if it is large and the client accepts gzip."""
    if len(body) > _GZIP_ABOVE and "gzip" in request.headers.get("accept-encoding", ""):
        packed = _PACK(body, compresslevel=1)
        return _response(200, packed, {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"})
    return _response(200, body, {})


def _response(code: int, content: bytes, headers: dict[str, str]) -> Response:
    usual = {
        "Audit-Id": uid_of("audit", len(content), code),
        "Cache-Control": "no-cache, private",
        "Content-Type": "application/json",
    }
    return Response(content, status_code=code, headers=usual | headers)
