"""Serves large lists of Deployments and their pods over HTTPS, in pages, without authentication.

    python benchmarks/_api_server.py RECORDINGS COUNT CERTIFICATE KEY

RECORDINGS is the folder of the recorded lists: the Deployments of prod-eu are repeated under new
names, each with its pods, until there are COUNT. The recorded ones are bare; what nearly every
chart and cluster adds is added (`_MORE`: settings, probes, limits, security, volumes, and the
service account's token that each real pod mounts), which makes them about 8 KB each. The port is
printed on the first line. It runs in a process of its own, so that its CPU time is not counted
with the clients'.
"""

import gzip
import json
import ssl
import sys
from collections import defaultdict
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

DEPLOYMENTS = "/apis/apps/v1/deployments"
PODS = "/api/v1/pods"


_PROBE = {"httpGet": {"path": "/live", "port": "http", "scheme": "HTTP"}, "periodSeconds": 10}
_MORE: dict[str, Any] = {
    "env": [{"name": f"SETTING_{number}", "value": f"value-{number}"} for number in range(8)]
    + [
        {
            "name": f"SECRET_{number}",
            "valueFrom": {"secretKeyRef": {"name": "app", "key": f"key-{number}"}},
        }
        for number in range(3)
    ],
    "livenessProbe": _PROBE | {"timeoutSeconds": 1, "failureThreshold": 3},
    "startupProbe": _PROBE | {"timeoutSeconds": 1, "failureThreshold": 30},
    "securityContext": {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": True,
        "capabilities": {"drop": ["ALL"]},
    },
    "volumeMounts": [
        {"name": "config", "mountPath": "/etc/app", "readOnly": True},
        {"name": "cache", "mountPath": "/var/cache/app"},
    ],
}
_VOLUMES: list[dict[str, Any]] = [
    {"name": "config", "configMap": {"name": "app", "defaultMode": 420}},
    {"name": "cache", "emptyDir": {}},
]
_TOKEN_MOUNT = {
    "name": "kube-api-access",
    "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount",
    "readOnly": True,
}
_TOKEN_VOLUME = {
    "name": "kube-api-access",
    "projected": {
        "defaultMode": 420,
        "sources": [
            {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
            {"configMap": {"name": "ca", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        ],
    },
}


def furnish(spec: dict[str, Any], *, pod: bool) -> None:
    """Add to a recorded pod spec the fields that nearly all real ones have."""
    spec["serviceAccountName"] = "default"
    spec["volumes"] = [*_VOLUMES, _TOKEN_VOLUME] if pod else _VOLUMES
    for container in spec["containers"]:
        container |= _MORE
        if pod:
            container["volumeMounts"] = [*container["volumeMounts"], _TOKEN_MOUNT]


def recorded(folder: Path, name: str) -> list[dict[str, Any]]:
    """Load the objects of a recorded list."""
    with gzip.open(folder / f"{name}.json.gz") as file:
        items: list[dict[str, Any]] = json.load(file)["items"]
    return items


def lists(folder: Path, count: int) -> dict[str, list[bytes]]:
    """Build `count` Deployments and their pods as JSON, by path."""
    pods_of = defaultdict(list)
    for pod in recorded(folder, "prod-eu.pods"):
        furnish(pod["spec"], pod=True)
        owner = pod["metadata"]["ownerReferences"][0]["name"]
        pods_of[pod["metadata"]["namespace"], owner.rpartition("-")[0]].append(pod)
    deployments: list[bytes] = []
    pods: list[bytes] = []
    originals = cycle(recorded(folder, "prod-eu.deployments"))
    for number, each in enumerate(islice(originals, count)):
        furnish(each["spec"]["template"]["spec"], pod=False)
        old = each["metadata"]["name"]
        name = f"{old}-{number}"
        deployments.append(renamed(each, name, number))
        for pod in pods_of[each["metadata"]["namespace"], old]:
            owner = dict(pod["metadata"]["ownerReferences"][0])
            owner["name"] = f"{name}-{owner['name'].rpartition('-')[2]}"
            owner["uid"] = f"{owner['uid']}-{number}"
            its_name = f"{owner['name']}-{len(pods)}"
            pods.append(renamed(pod, its_name, len(pods), ownerReferences=[owner]))
    return {DEPLOYMENTS: deployments, PODS: pods}


def renamed(each: dict[str, Any], name: str, number: int, **more: Any) -> bytes:
    """Encode the object as JSON under another name and UID."""
    meta = each["metadata"] | {"name": name, "uid": f"uid-{number}"} | more
    return json.dumps(each | {"metadata": meta}, separators=(",", ":")).encode()


def main() -> None:
    """Serve until stopped."""
    folder, count, certificate, key = sys.argv[1:]
    objects = lists(Path(folder), int(count))

    @cache
    def page(path: str, start: int, limit: int) -> tuple[bytes, bytes]:
        found = objects[path]
        end = start + limit if limit else len(found)
        token = f"{end}" if end < len(found) else ""
        head = f'{{"kind":"List","apiVersion":"v1","metadata":{{"continue":"{token}"}},"items":['
        body = head.encode() + b",".join(found[start:end]) + b"]}"
        return body, gzip.compress(body, 4)  # the level of kube-apiserver

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            gzipped = False
            status, body = 200, b'{"gitVersion":"v1.36.2"}'
            if url.path in objects:
                start, limit = int(query.get("continue", 0)), int(query.get("limit", 0))
                gzipped = "gzip" in self.headers.get("Accept-Encoding", "")
                body = page(url.path, start, limit)[gzipped]
            elif url.path.endswith("s"):
                body = b'{"kind":"List","apiVersion":"v1","metadata":{},"items":[]}'
            elif url.path != "/version":
                status, body = 404, b'{"kind":"Status","code":404}'
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if gzipped:
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
            """Suppress the request log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
