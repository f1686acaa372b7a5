"""The ways into a cluster.

What they name is looked for when a cluster is opened, not before: a missing token is a fault of
that cluster, not of the fleet file.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from reldash.config.environment import expanded, read_variable
from reldash.errors import CollectError

DEFAULT_KUBECONFIG = Path("~/.kube/config")


def default_kubeconfigs() -> tuple[Path, ...]:
    """The files that kubectl would read: those of KUBECONFIG, else ~/.kube/config."""
    named = (read_variable("KUBECONFIG") or "").split(os.pathsep)
    paths = [Path(each) for each in named if each.strip()] or [DEFAULT_KUBECONFIG]
    return tuple(expanded(path) for path in paths)


@dataclass(frozen=True, slots=True)
class KubeconfigAccess:
    """By a context of a kubeconfig.

    Attributes:
        context: its name; None for the current one.
        path: the file; None for those that kubectl would read.
    """

    context: str | None = None
    path: Path | None = None

    def paths(self) -> tuple[Path, ...]:
        """The kubeconfig files that exist, to be merged in this order, first come first.

        Raises:
            CollectError: there is none.
        """
        wanted = default_kubeconfigs() if self.path is None else (self.path,)
        found = tuple(path for path in wanted if path.is_file())
        if not found:
            names = ", ".join(str(path) for path in wanted)
            mend = "put it there, or name another by kubeconfig.path in the fleet file"
            raise CollectError("Kubeconfig missing", f"no file {names}", mend)
        return found


@dataclass(frozen=True, slots=True)
class ServerAccess:
    """By the address of an API server and a bearer token.

    Exactly one of `token_env` (name of a variable) and `token_file` is set. The token itself is
    never kept here: tokens are rotated, and what is not kept cannot leak.
    """

    url: str
    ca_file: Path | None = None
    token_env: str | None = None
    token_file: Path | None = None

    def read_token(self) -> str:
        """The token as it is now: the variable or the file is read anew each time.

        Raises:
            CollectError: it is missing or is no bearer token. The message never holds it.
        """
        if self.token_file is not None:
            return _checked(self._token_of_file(self.token_file), f"file {self.token_file}")
        name = self.token_env or ""
        try:
            token = read_variable(name)
        except (OSError, UnicodeDecodeError) as error:
            message = f"variable {name}: .env is not readable ({type(error).__name__})"
            raise CollectError("Token missing", message, "make .env a text in UTF-8") from error
        if token is None:
            mend = "set it to the account's bearer token, in the environment or in .env"
            raise CollectError("Token missing", f"variable {name} is not set or empty", mend)
        return _checked(token, f"variable {name}")

    def ca_path(self) -> Path | None:
        """The file with the authority that signed the server's certificate; None: the system's.

        Raises:
            CollectError: the file is missing.
        """
        if self.ca_file is not None and not self.ca_file.is_file():
            mend = "put the cluster's CA certificate (PEM) there, or correct server.ca_file"
            raise CollectError("CA file missing", f"no file {self.ca_file}", mend)
        return self.ca_file

    @staticmethod
    def _token_of_file(path: Path) -> str:
        mend = "put the account's bearer token there, or correct server.token_file"
        try:
            return path.read_text(encoding="utf-8")
        except FileNotFoundError as error:
            raise CollectError("Token missing", f"no file {path}", mend) from error
        except OSError as error:
            message = f"file {path} is not readable ({error.strerror})"
            raise CollectError("Token missing", message, mend) from error
        except UnicodeDecodeError as error:
            message = f"file {path} is no text in UTF-8"
            raise CollectError("Token unusable", message, mend) from error


@dataclass(frozen=True, slots=True)
class InClusterAccess:
    """By the service account of the pod that this runs in."""


@dataclass(frozen=True, slots=True)
class EksAccess:
    """By the name of an EKS cluster; AWS tells where it is and vouches for who asks.

    Attributes:
        cluster: its name in EKS.
        region: such as eu-west-1.
        role_arn: the role to assume for it; None for what boto3's standard chain finds.
        external_id: what that role's trust policy asks for, if it does; without role_arn, None.
    """

    cluster: str
    region: str
    role_arn: str | None = None
    external_id: str | None = None


Access = KubeconfigAccess | ServerAccess | InClusterAccess | EksAccess


def _checked(text: str, place: str) -> str:
    """The token without white space around it.

    What could not stand in a header is refused here, since the HTTP library's message for it
    would quote the token.
    """
    token = text.strip()
    if not token:
        mend = "put the account's bearer token there"
        raise CollectError("Token missing", f"{place} is empty", mend)
    if not (token.isascii() and token.isprintable()) or " " in token:
        mend = "put the bare bearer token there, one word of ASCII text"
        raise CollectError("Token unusable", f"{place} holds no bearer token", mend)
    return token
