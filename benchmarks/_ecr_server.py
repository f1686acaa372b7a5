"""Responds to DescribeImages as ECR does, and counts calls; GET returns the count.

    python benchmarks/_ecr_server.py

Every requested image exists, with the last digits of its digest as tag. The port is printed on the
first line. It runs in a process of its own, so that its CPU time is not counted with the clients'.
"""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

DIGITS = 8  # last digits of a digest, which are its tag


class Calls(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    count = 0

    def do_GET(self) -> None:
        """Respond with the number of calls."""
        self._answer({"calls": Calls.count})

    def do_POST(self) -> None:
        """Respond to one call."""
        Calls.count += 1
        requested = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        tags = {
            (each.get("imageTag") or each["imageDigest"][-DIGITS:])
            for each in requested["imageIds"]
        }
        self._answer({"imageDetails": [_detail(tag, requested) for tag in sorted(tags)]})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Suppress the request log."""

    def _answer(self, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _detail(tag: str, requested: dict[str, Any]) -> dict[str, Any]:
    return {
        "registryId": requested["registryId"],
        "repositoryName": requested["repositoryName"],
        "imageDigest": f"sha256:{tag:0>64}",
        "imageTags": [tag],
        "imageSizeInBytes": 123_456_789,
        "imagePushedAt": 1_790_000_000.0,
        "imageManifestMediaType": "application/vnd.oci.image.manifest.v1+json",
        "imageScanStatus": {"status": "COMPLETE", "description": "The scan was completed."},
        "imageScanFindingsSummary": {
            "imageScanCompletedAt": 1_790_000_100.0,
            "findingSeverityCounts": {"CRITICAL": 1, "HIGH": 7, "MEDIUM": 30, "LOW": 80},
        },
    }


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Calls)
    print(server.server_port, flush=True)
    server.serve_forever()
