"""Connection to a cluster: a pool with TLS, and the credentials of its requests.

The official client turns configuration and credentials into a pool; nothing else of it is used.
A connection is opened for each read, so that rotated tokens, certificates and kubeconfigs take
effect by themselves; only results of exec plugins (`exec_plugin.py`) and of AWS (`aws/eks.py`)
are cached.
"""

import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kubernetes.client import Configuration
from kubernetes.config.config_exception import ConfigException
from kubernetes.config.incluster_config import load_incluster_config
from kubernetes.config.kube_config import load_kube_config_from_dict

from reldash.collectors.aws.eks import GRANT, REACH, get_eks
from reldash.collectors.http.errors import ReadError
from reldash.collectors.http.proxies import Proxy, environment_proxy, parse_proxy
from reldash.collectors.http.transport import RequestCredentials
from reldash.collectors.kubernetes.cluster_connection import (
    ClusterConnection,
    connection_with_headers,
    make_pool,
    proxy_secrets,
)
from reldash.collectors.kubernetes.exec_plugin import exec_credentials, forget_credentials
from reldash.collectors.kubernetes.impersonation import KEYS as IMPERSONATION_KEYS
from reldash.collectors.kubernetes.impersonation import impersonation_headers
from reldash.collectors.kubernetes.insecure_access import check_insecure_access, skips_tls_verify
from reldash.collectors.kubernetes.kubeconfig import KubeContext, find_context
from reldash.config import (
    ClusterEntry,
    EksAccess,
    KubeconfigAccess,
    ServerAccess,
    proxy_variables,
)
from reldash.errors import ReldashError

# The client's loader keeps certificates in temporary files behind a plain global dict.
_loader = threading.Lock()


def open_connection(entry: ClusterEntry, deadline: float) -> ClusterConnection:
    """Open a connection to an entry; `deadline` (of `time.monotonic()`) bounds exec plugins.

    Raises:
        CollectError: a context, token, CA file or plugin of the entry is missing or unusable.
    """
    try:
        return _opened(entry, deadline)
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


def _opened(entry: ClusterEntry, deadline: float) -> ClusterConnection:
    access = entry.access
    if isinstance(access, KubeconfigAccess):
        return _kubeconfig_connection(find_context(access.paths(), access.context), entry, deadline)
    if isinstance(access, ServerAccess):
        configuration = _server_configuration(access)
        proxy = _environment_proxy(configuration)
        insecure = check_insecure_access(entry, configuration.host, proxy, is_unchecked=False)
        return replace(connection_with_headers(configuration, proxy), insecure=insecure)
    if isinstance(access, EksAccess):
        return _eks_connection(access, deadline)
    configuration = _in_cluster_configuration()
    return connection_with_headers(configuration, _environment_proxy(configuration))


def _kubeconfig_connection(
    context: KubeContext, entry: ClusterEntry, deadline: float
) -> ClusterConnection:
    url = str(context.cluster.get("server") or "")
    if not url:
        raise ReadError(
            "Incomplete kubeconfig",
            f"context {context.name!r}: its cluster has no server",
            "correct the kubeconfig",
        )
    proxy_url = context.cluster.get("proxy-url")
    proxy = (
        parse_proxy(str(proxy_url), "proxy-url")
        if proxy_url
        else environment_proxy(url, proxy_variables())
    )
    is_unchecked = skips_tls_verify(context)
    insecure = check_insecure_access(entry, url, proxy, is_unchecked=is_unchecked)
    impersonation = impersonation_headers(context.user, context.name)
    # As in kubectl, credentials do not go over an unprotected line; on this machine they may.
    sends_credentials = url.startswith("https:") or not insecure
    user = _user_credentials(context, deadline) if sends_credentials else {}
    configuration = _kubeconfig_configuration(context, user, is_unchecked=is_unchecked)
    connection = replace(
        connection_with_headers(configuration, proxy, impersonation), insecure=insecure
    )
    if context.user.get("exec"):
        return replace(connection, refused=lambda _: forget_credentials(context))
    return connection


def _user_credentials(context: KubeContext, deadline: float) -> dict[str, Any]:
    """The user's fields with what its plugin gives in their place."""
    user = {key: value for key, value in context.user.items() if key not in _CREDENTIAL_KEYS}
    if context.user.get("exec") and not context.user.get("token"):
        user |= exec_credentials(context, deadline)
    if context.user.get("auth-provider"):
        user |= _provider_token(context)
    return user


def _kubeconfig_configuration(
    context: KubeContext, user: Mapping[str, Any], *, is_unchecked: bool
) -> Configuration:
    cluster = {key: value for key, value in context.cluster.items() if key != "proxy-url"}
    cluster["insecure-skip-tls-verify"] = is_unchecked
    config = {
        "current-context": context.name,
        "contexts": [{"name": context.name, "context": {"cluster": "one", "user": "one"}}],
        "clusters": [{"name": "one", "cluster": cluster}],
        "users": [{"name": "one", "user": dict(user)}],
    }
    configuration = Configuration()
    with _loader:
        load_kube_config_from_dict(  # type: ignore[no-untyped-call]  # no types there
            config,
            context=context.name,
            client_configuration=configuration,
            persist_config=False,
        )
    return configuration


_CREDENTIAL_KEYS = ("exec", "auth-provider", *IMPERSONATION_KEYS)


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


def _server_configuration(access: ServerAccess) -> Configuration:
    configuration = Configuration()
    configuration.host = access.url.rstrip("/")
    ca_file = access.ca_path()
    configuration.ssl_ca_cert = str(ca_file) if ca_file is not None else None
    token = access.read_token()
    configuration.api_key["BearerToken"] = f"Bearer {token}"
    return configuration


def _in_cluster_configuration() -> Configuration:
    configuration = Configuration()
    try:
        load_incluster_config(configuration, try_refresh_token=False)  # type: ignore[no-untyped-call]  # no types there
    except ConfigException as error:
        raise ReadError(
            "Not in a cluster",
            f"in_cluster: {error}",
            "run the dashboard in a pod with a service account, or configure another access",
        ) from error
    return configuration


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

    proxy = _environment_proxy(configuration)

    def sign_in(until: float) -> RequestCredentials:
        signed = eks.sign_in(access, until)
        return replace(signed, secrets=(*signed.secrets, *proxy_secrets(proxy)))

    return ClusterConnection(
        make_pool(configuration, proxy),
        endpoint.url,
        sign_in,
        proxy,
        refused=refused,
        not_reached=not_reached,
    )


def _environment_proxy(configuration: Configuration) -> Proxy | None:
    return environment_proxy(str(configuration.host), proxy_variables())
