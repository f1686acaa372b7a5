"""How to access a cluster: kubeconfig, server and token, in-cluster account, or EKS.

Files and variables are read when a cluster is opened, not before: a missing token is an error of
that cluster, not of the fleet file.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from reldash.config.environment import expanded, read_variable
from reldash.errors import CollectError

DEFAULT_KUBECONFIG = Path("~/.kube/config")


def default_kubeconfigs() -> tuple[Path, ...]:
    """The files that kubectl reads: those in KUBECONFIG, else ~/.kube/config."""
    named = (read_variable("KUBECONFIG") or "").split(os.pathsep)
    paths = [Path(each) for each in named if each.strip()] or [DEFAULT_KUBECONFIG]
    return tuple(expanded(path) for path in paths)


@dataclass(frozen=True, slots=True)
class KubeconfigAccess:
    """Access through a kubeconfig context.

    Attributes:
        context: its name; None for the current one.
        path: the file; None for those that kubectl reads.
    """

    context: str | None = None
    path: Path | None = None

    def paths(self) -> tuple[Path, ...]:
        """The existing kubeconfig files in order of precedence.

        Raises:
            CollectError: none exists.
        """
        wanted = default_kubeconfigs() if self.path is None else (self.path,)
        found = tuple(path for path in wanted if path.is_file())
        if not found:
            names = ", ".join(str(path) for path in wanted)
            remedy = "create it, or set kubeconfig.path in the fleet file"
            raise CollectError("Kubeconfig missing", f"no file {names}", remedy)
        return found


@dataclass(frozen=True, slots=True)
class ServerAccess:
    """Access by the address of an API server and a bearer token.

    Exactly one of `token_env` (name of a variable) and `token_file` is set. The token itself is
    not stored: tokens are rotated, and what is not stored cannot leak.
    """

    url: str
    ca_file: Path | None = None
    token_env: str | None = None
    token_file: Path | None = None

    def read_token(self) -> str:
        """Read the current token from the variable or the file.

        Raises:
            CollectError: it is missing or not a bearer token. The message never contains it.
        """
        if self.token_file is not None:
            return _checked(self._token_of_file(self.token_file), f"file {self.token_file}")
        name = self.token_env or ""
        try:
            token = read_variable(name)
        except (OSError, UnicodeDecodeError) as error:
            message = f"variable {name}: .env is not readable ({type(error).__name__})"
            raise CollectError("Token missing", message, "save .env as UTF-8 text") from error
        if token is None:
            remedy = "set it to the account's bearer token in the environment or .env"
            raise CollectError("Token missing", f"variable {name} is not set or empty", remedy)
        return _checked(token, f"variable {name}")

    def ca_path(self) -> Path | None:
        """The file with the server's certificate authority; None for the system's authorities.

        Raises:
            CollectError: the file is missing.
        """
        if self.ca_file is not None and not self.ca_file.is_file():
            remedy = "save the cluster's CA certificate (PEM) there, or correct server.ca_file"
            raise CollectError("CA file missing", f"no file {self.ca_file}", remedy)
        return self.ca_file

    @staticmethod
    def _token_of_file(path: Path) -> str:
        remedy = "save the account's bearer token there, or correct server.token_file"
        try:
            return path.read_text(encoding="utf-8")
        except FileNotFoundError as error:
            raise CollectError("Token missing", f"no file {path}", remedy) from error
        except OSError as error:
            message = f"file {path} is not readable ({error.strerror})"
            raise CollectError("Token missing", message, remedy) from error
        except UnicodeDecodeError as error:
            message = f"file {path} is not UTF-8 text"
            raise CollectError("Token unusable", message, remedy) from error


@dataclass(frozen=True, slots=True)
class InClusterAccess:
    """Access with the service account of the pod this process runs in."""


@dataclass(frozen=True, slots=True)
class EksAccess:
    """Access by the name of an EKS cluster; AWS provides its address and the credentials.

    Attributes:
        cluster: its name in EKS.
        region: such as eu-west-1.
        role_arn: the role to assume; None for the credentials of boto3's standard chain.
        external_id: the external ID for that role, if its trust policy requires one.
    """

    cluster: str
    region: str
    role_arn: str | None = None
    external_id: str | None = None


Access = KubeconfigAccess | ServerAccess | InClusterAccess | EksAccess


def _checked(text: str, place: str) -> str:
    """The token without surrounding white space.

    Text that is invalid in a header is refused here, since the HTTP library's message would quote
    the token.
    """
    token = text.strip()
    if not token:
        remedy = "save the account's bearer token there"
        raise CollectError("Token missing", f"{place} is empty", remedy)
    if not (token.isascii() and token.isprintable()) or " " in token:
        remedy = "save only the bearer token there, one word of ASCII text"
        raise CollectError("Token unusable", f"{place} does not contain a bearer token", remedy)
    return token
