"""Credentials from the exec plugin of a kubeconfig (`users[].user.exec`).

The official client prepares the call, but does not run it: it would wait for ever, log an error
and go on without credentials, and might prompt on the terminal.
Protocol: https://kubernetes.io/docs/reference/config-api/client-authentication.v1/
"""

import base64
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from kubernetes.config.config_exception import ConfigException
from kubernetes.config.exec_provider import ExecProvider
from kubernetes.config.kube_config import ConfigNode

from reldash.collectors.http.errors import OutOfTimeError, ReadError
from reldash.collectors.kubernetes.kubeconfig import KubeContext

AT_ONCE: Final = 4  # plugins that run at the same time: each may be a whole interpreter
MIN_LIFETIME: Final = timedelta(minutes=2)  # credentials that expire sooner are renewed

PluginCredentials = Mapping[str, Any]
_running = threading.BoundedSemaphore(AT_ONCE)
_lock = threading.Lock()
_cached: dict[str, tuple[PluginCredentials, datetime | None]] = {}


def exec_credentials(context: KubeContext, deadline: float) -> PluginCredentials:
    """The user's credentials as kubeconfig fields: `token`, or certificate and key data.

    Cached until they expire, or until `forget_credentials`.

    Raises:
        ReadError: the plugin is missing, failed, took too long or returned no credentials.
    """
    key = _key(context)
    with _lock:
        cached = _cached.get(key)
    if cached is not None and (cached[1] is None or cached[1] - MIN_LIFETIME > datetime.now(UTC)):
        return cached[0]
    if not _running.acquire(timeout=max(deadline - time.monotonic(), 0)):
        raise _too_slow(context)
    try:
        status = _run(context, deadline)
    finally:
        _running.release()
    credentials = _credentials(context, status)
    with _lock:
        _cached[key] = (credentials, _expiry(context, status))
    return credentials


def forget_credentials(context: KubeContext) -> None:
    """Discard credentials that the server rejected; the plugin runs again next time."""
    with _lock:
        _cached.pop(_key(context), None)


def _key(context: KubeContext) -> str:
    return json.dumps([context.user, context.cluster, str(context.folder)], default=str)


def _run(context: KubeContext, deadline: float) -> Mapping[str, Any]:
    """Run the plugin and return the `status` of the ExecCredential it prints."""
    try:
        call = ExecProvider(_node(context.user["exec"]), str(context.folder))  # type: ignore[no-untyped-call]  # no types there
        info = _info(context, call.api_version)
        process = subprocess.Popen(  # noqa: S603 - the kubeconfig's owner chose the program
            call.args,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=context.folder,
            env={**call.env, "KUBERNETES_EXEC_INFO": json.dumps(info)},
            start_new_session=True,
        )
    except (ConfigException, KeyError, TypeError, AttributeError) as error:
        raise _failed(context, "the exec section of the kubeconfig is malformed") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "cannot be started"
        raise _failed(context, reason) from error
    with process:
        try:
            out, err = process.communicate(timeout=max(deadline - time.monotonic(), 0))
        except subprocess.TimeoutExpired as error:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # the plugin's child processes too
            raise _too_slow(context) from error
    if process.returncode != 0:
        lines = err.decode(errors="replace").strip().splitlines()
        detail = f": {lines[-1]}" if lines else ""
        raise _failed(context, f"exited with {process.returncode}{detail}")
    try:
        answer = json.loads(out)
        status = answer["status"]
        version = answer["apiVersion"]
    except (ValueError, KeyError, TypeError) as error:
        raise _failed(context, "did not print an ExecCredential") from error
    if version != call.api_version or not isinstance(status, dict):
        raise _failed(context, f"did not print an ExecCredential of {call.api_version}")
    return status


def _node(plugin: Mapping[str, Any]) -> ConfigNode:
    return ConfigNode("exec", plugin)  # type: ignore[no-untyped-call]  # no types there


def _info(context: KubeContext, version: str) -> dict[str, Any]:
    spec: dict[str, Any] = {"interactive": False}
    if context.user["exec"].get("provideClusterInfo"):
        cluster = dict(context.cluster)
        for extension in cluster.pop("extensions", None) or []:
            if extension.get("name") == "client.authentication.k8s.io/exec":
                cluster["config"] = extension.get("extension")
        spec["cluster"] = cluster
    return {"apiVersion": version, "kind": "ExecCredential", "spec": spec}


def _credentials(context: KubeContext, status: Mapping[str, Any]) -> PluginCredentials:
    token = status.get("token")
    if isinstance(token, str) and token:
        return {"token": token}
    certificate, key = status.get("clientCertificateData"), status.get("clientKeyData")
    if isinstance(certificate, str) and isinstance(key, str) and certificate and key:
        return {
            "client-certificate-data": base64.b64encode(certificate.encode()).decode(),
            "client-key-data": base64.b64encode(key.encode()).decode(),
        }
    raise _failed(context, "returned neither a token nor a client certificate with its key")


def _expiry(context: KubeContext, status: Mapping[str, Any]) -> datetime | None:
    """When the credentials expire; None: not until the server rejects them."""
    text = status.get("expirationTimestamp")
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise _failed(context, f"returned an unusable expirationTimestamp {text!r}") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _failed(context: KubeContext, why: str) -> ReadError:
    plugin = context.user["exec"]
    command = plugin.get("command") if isinstance(plugin, Mapping) else None
    return ReadError(
        "No credentials",
        f"context {context.name!r}: the plugin {command!r} {why}",
        "run the plugin by hand as the user that runs the dashboard, and sign in",
    )


def _too_slow(context: KubeContext) -> OutOfTimeError:
    return OutOfTimeError(
        "No credentials",
        f"context {context.name!r}: the plugin returned none within the time limit",
        "run it by hand: it may be waiting for a sign-in",
    )
