"""Connection to a cluster: a pool with TLS, and the credentials of its requests.

The official client turns configuration and credentials into a pool; nothing else of it is used.
A connection is opened for each read, so that rotated tokens, certificates and kubeconfigs take
effect by themselves; only results of exec plugins (`exec_plugin.py`) and of AWS (`aws/eks.py`)
are cached.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import urllib3
from kubernetes.client import ApiClient, Configuration
from kubernetes.config.config_exception import ConfigException
from kubernetes.config.incluster_config import load_incluster_config
from kubernetes.config.kube_config import new_client_from_config_dict

from reldash.collectors.aws.eks import GRANT, REACH, get_eks
from reldash.collectors.http.errors import ReadError
from reldash.collectors.http.text import display_url
from reldash.collectors.http.transport import RequestCredentials
from reldash.collectors.kubernetes.exec_plugin import exec_credentials, forget_credentials
from reldash.collectors.kubernetes.kubeconfig import KubeContext, find_context
from reldash.config import ClusterEntry, EksAccess, KubeconfigAccess, ServerAccess
from reldash.errors import ReldashError

# The client's loader keeps certificates in temporary files behind a plain global dict.
_loader = threading.Lock()


def _ignore(_: ReadError) -> None:
    """Nothing is cached that could be wrong."""


@dataclass(frozen=True, slots=True)
class ClusterConnection:
    """An open connection to a cluster.

    Attributes:
        pool: with TLS set up.
        url: of the server, without a slash at its end.
        sign_in: returns the credentials of a request; see `Transport`.
        refused: called when the server rejects them.
        not_reached: called when no server, or no trusted one, is at the address.
    """

    pool: urllib3.PoolManager = field(repr=False)
    url: str
    sign_in: Callable[[float], RequestCredentials] = field(repr=False)
    refused: Callable[[ReadError], None] = _ignore
    not_reached: Callable[[ReadError], None] = _ignore


def open_connection(entry: ClusterEntry, deadline: float) -> ClusterConnection:
    """Open a connection to an entry; `deadline` (of `time.monotonic()`) bounds exec plugins.

    Raises:
        CollectError: a context, token, CA file or plugin of the entry is missing or unusable.
    """
    access = entry.access
    try:
        if isinstance(access, KubeconfigAccess):
            context = find_context(access.paths(), access.context)
            connection = _connection(_kubeconfig_client(context, deadline))
            if context.user.get("exec"):
                return replace(connection, refused=lambda _: forget_credentials(context))
            return connection
        if isinstance(access, ServerAccess):
            return _connection(_server_client(access))
        if isinstance(access, EksAccess):
            return _eks_connection(access, deadline)
        return _connection(_in_cluster_client())
    except ReldashError:
        raise
    except ConfigException as error:
        raise ReadError("Unusable access", str(error), "correct the setting it names") from error
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        # The client validates little of its input; these are the errors that it then raises.
        what = getattr(error, "strerror", None) or type(error).__name__
        file = getattr(error, "filename", None) or ""
        raise ReadError(
            "Unusable access", f"{what} {file}", "check the certificate and token files it names"
        ) from error


def _kubeconfig_client(context: KubeContext, deadline: float) -> ApiClient:
    if not context.cluster.get("server"):
        raise ReadError(
            "Incomplete kubeconfig",
            f"context {context.name!r}: its cluster has no server",
            "correct the kubeconfig",
        )
    user = {key: value for key, value in context.user.items() if key not in _CREDENTIAL_KEYS}
    if context.user.get("exec") and not context.user.get("token"):
        user |= exec_credentials(context, deadline)
    if context.user.get("auth-provider"):
        user |= _provider_token(context)
    config = {
        "current-context": context.name,
        "contexts": [{"name": context.name, "context": {"cluster": "one", "user": "one"}}],
        "clusters": [{"name": "one", "cluster": dict(context.cluster)}],
        "users": [{"name": "one", "user": user}],
    }
    with _loader:
        client: ApiClient = new_client_from_config_dict(  # type: ignore[no-untyped-call]  # no types there
            config, context=context.name, persist_config=False
        )
    return client


_CREDENTIAL_KEYS = ("exec", "auth-provider")


def _provider_token(context: KubeContext) -> Mapping[str, Any]:
    """The token stored by an `auth-provider`, used as it is.

    The client would refresh it over the network without a time limit, and without checking the
    certificate if no CA is named.
    """
    provider = context.user["auth-provider"]
    token = (provider.get("config") or {}).get("id-token")
    if provider.get("name") != "oidc" or not token:
        raise ReadError(
            "No credentials",
            f"context {context.name!r}: auth-provider {provider.get('name')!r} is not supported",
            "use an exec plugin, as kubectl itself requires since 1.26",
        )
    return {"token": token}


def _server_client(access: ServerAccess) -> ApiClient:
    configuration = Configuration()
    configuration.host = access.url.rstrip("/")
    ca_file = access.ca_path()
    configuration.ssl_ca_cert = str(ca_file) if ca_file is not None else None
    token = access.read_token()
    configuration.api_key["BearerToken"] = f"Bearer {token}"
    return ApiClient(configuration)


def _in_cluster_client() -> ApiClient:
    configuration = Configuration()
    try:
        load_incluster_config(configuration, try_refresh_token=False)  # type: ignore[no-untyped-call]  # no types there
    except ConfigException as error:
        raise ReadError(
            "Not in a cluster",
            f"in_cluster: {error}",
            "run the dashboard in a pod with a service account, or configure another access",
        ) from error
    return ApiClient(configuration)


def _eks_connection(access: EksAccess, deadline: float) -> ClusterConnection:
    eks = get_eks()
    endpoint = eks.locate(access, deadline)
    configuration = Configuration()
    configuration.host = endpoint.url
    configuration.ca_cert_data = endpoint.ca

    def refused(error: ReadError) -> None:
        eks.forget_token(access)
        error.remedy = GRANT

    def not_reached(error: ReadError) -> None:
        eks.forget_endpoint(access)
        error.remedy = REACH

    pool = ApiClient(configuration).rest_client.pool_manager
    return ClusterConnection(
        pool, endpoint.url, lambda until: eks.sign_in(access, until), refused, not_reached
    )


def _connection(client: ApiClient) -> ClusterConnection:
    configuration = client.configuration
    url = str(configuration.host).rstrip("/")
    bearer = configuration.auth_settings().get("BearerToken", {}).get("value")
    value = str(bearer).strip() if bearer else ""
    if not value.isprintable():
        raise ReadError(
            "Token unusable",
            f"the token for {display_url(url)} contains line breaks or control characters",
            "write the bare token, on one line",
        )
    headers = {"Authorization": value} if value else {}
    secret = value.partition(" ")[2].strip()
    signed = RequestCredentials(headers, (secret,) if secret else ())
    return ClusterConnection(client.rest_client.pool_manager, url, lambda _: signed)
