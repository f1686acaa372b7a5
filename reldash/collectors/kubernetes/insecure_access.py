"""Access without a checked certificate or encryption: refused unless the fleet file allows it."""

from urllib.parse import urlsplit

from reldash.collectors.http.errors import ReadError
from reldash.collectors.http.proxies import Proxy
from reldash.collectors.http.text import display_url
from reldash.collectors.kubernetes.kubeconfig import KubeContext
from reldash.config import ClusterEntry
from reldash.config.addresses import is_loopback

_TRUE = ("true", "yes", "on", "y")
_FALSE = ("", "false", "no", "off", "n")


def skips_tls_verify(context: KubeContext) -> bool:
    """Whether the context's cluster says `insecure-skip-tls-verify`.

    Raises:
        ReadError: the value is neither true nor false, or a certificate authority is named too.
    """
    cluster = context.cluster
    text = str(cluster.get("insecure-skip-tls-verify") or "").lower()
    if text not in _TRUE + _FALSE:
        raise ReadError(
            "Broken kubeconfig",
            f"context {context.name!r}: insecure-skip-tls-verify is neither true nor false",
            "correct the kubeconfig",
        )
    is_tls = str(cluster.get("server")).startswith("https:")
    named = cluster.get("certificate-authority") or cluster.get("certificate-authority-data")
    if text in _TRUE and named and is_tls:
        raise ReadError(
            "Contradictory kubeconfig",
            f"context {context.name!r}: its cluster names a certificate authority and says"
            " insecure-skip-tls-verify; kubectl refuses that too",
            "remove insecure-skip-tls-verify",
        )
    return text in _TRUE


def check_insecure_access(
    entry: ClusterEntry, url: str, proxy: Proxy | None, *, is_unchecked: bool
) -> str:
    """What does not protect the connection, such as "certificate not checked"; "" if protected.

    A server on this machine counts as protected, unless a proxy elsewhere is asked for it.

    Raises:
        ReadError: it is not protected, and the cluster has no `allow_insecure`.
    """
    parts = urlsplit(url)
    if is_loopback(parts.hostname or "") and (proxy is None or proxy.is_local):
        return ""
    if parts.scheme != "https":
        insecure, cause = "not encrypted (http)", "is plain http: others may read and change it"
    elif is_unchecked:
        insecure = "certificate not checked (insecure-skip-tls-verify)"
        cause = "is not checked (insecure-skip-tls-verify): whoever answers would get the token"
    else:
        return ""
    if not entry.allow_insecure:
        raise ReadError(
            "Insecure access refused",
            f"the connection to {display_url(url)} {cause}",
            "name the certificate authority, or set allow_insecure: true for this cluster in the"
            " fleet file",
        )
    return insecure
