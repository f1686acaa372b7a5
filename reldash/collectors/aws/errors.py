"""What AWS's and boto3's errors mean to people: which permission is missing, what mends it.

Their own words are shown only where they are known to hold no secret: those about signatures
quote the signed headers, session token included, and those of connections quote proxies.
"""

from typing import Final

from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
    SSOError,
    TokenRetrievalError,
)
from botocore.exceptions import ConnectionError as NoConnectionError

from reldash.collectors.http.errors import OutOfTimeError, ReadError, RefusedError
from reldash.collectors.http.text import one_line

# https://docs.aws.amazon.com/general/latest/gr/api-retries.html and the services' error lists
DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
STALE: Final = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "UnrecognizedClientException",
    }
)
UNSIGNED: Final = STALE | {
    "IncompleteSignature",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "RequestExpired",
    "SignatureDoesNotMatch",
}
THROTTLED: Final = frozenset(
    {
        "LimitExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "Throttling",
        "ThrottledException",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
# What ECR does not have, as its error lists spell it.
LACKING: Final = frozenset(
    {"ImageNotFoundException", "RepositoryNotFoundException", "ScanNotFoundException"}
)
_SIGN_IN: Final = (
    "run where boto3 finds credentials: IRSA, EKS Pod Identity, an instance's role, or"
    " AWS_PROFILE (deploy/iam/README.md)"
)
_ALLOW: Final = "allow it to who asks in the policy of deploy/iam/policy.json"
_TRUST: Final = (
    "allow it to who asks (deploy/iam/policy-assume.json), and let the role's trust policy name who"
    " asks and the same external_id (deploy/iam/trust-account.json)"
)


class LackingError(ReadError):
    """ECR does not have what it was asked for.

    Attributes:
        code: one of LACKING.
        said: ECR's own words: of many images, they name the first that is not there.
    """

    def __init__(self, code: str, said: str, message: str, *, status: int) -> None:
        mend = "look at the repository in AWS: images that run there may have been deleted"
        super().__init__("Not found in ECR", message, mend, status=status)
        self.code = code
        self.said = said


class UnfitError(ReadError):
    """AWS, or boto3 before it, does not take this call, whatever becomes of others."""


class ThrottledError(ReadError):
    """AWS still limits the account's calls after several tries."""


_MENDS: Final = {
    "sts:AssumeRole": _TRUST,
    "eks:ListClusters": _ALLOW.replace("policy.json", "policy-discover.json"),
}


def is_stale(error: Exception) -> bool:
    """Whether AWS no longer knows the credentials, so that others must be looked for."""
    return isinstance(error, ClientError) and _code(error) in STALE


def is_transient(error: Exception) -> bool:
    """Whether AWS may answer another time: it throttles (ThrottlingException, 429) or ails."""
    if not isinstance(error, ClientError):
        return isinstance(error, ConnectionClosedError)
    return _code(error) in THROTTLED or _status(error) in (429, 500, 502, 503, 504)


def translated(error: Exception, right: str, where: str, keys: ReadOnlyCredentials) -> ReadError:
    """The error of a call for people.

    Args:
        error: of boto3.
        right: the permission for it, such as "eks:DescribeCluster".
        where: region, role, and what it was about.
        keys: what signed the call; never repeated.
    """
    if not isinstance(error, ClientError):
        return _unanswered(error, f"{right} in {where}")
    code, status = _code(error), _status(error)
    secrets = tuple(each for each in keys if isinstance(each, str) and each)
    said = one_line(str(error.response.get("Error", {}).get("Message", "")), secrets) or code
    if code in DENIED:
        mend = _MENDS.get(right, _ALLOW)
        message = f"missing permission {right} in {where}: {said}"
        return RefusedError("Not allowed by AWS", message, mend, status=status)
    if code in UNSIGNED:
        return ReadError(
            "Not signed in to AWS",
            f"AWS does not accept the credentials for {right} in {where} ({code})",
            "renew them, look at this machine's clock, and see that the region is enabled in the"
            " account",
            status=status,
        )
    if code in THROTTLED or status == 429:
        message = f"AWS limits this account's calls of {right} in {where}"
        return ThrottledError("Throttled by AWS", message, "it will be tried again", status=status)
    if code == "ResourceNotFoundException":
        mend = "correct eks.cluster, eks.region or eks.role_arn in the fleet file"
        return ReadError("Not found in AWS", f"{right} in {where}: {said}", mend, status=status)
    if code in LACKING:
        return LackingError(code, said, f"{right} in {where}: {said}", status=status)
    message = f"{right} in {where}: {said}"
    if status < 500:
        return UnfitError("Refused by AWS", message, "correct what AWS names", status=status)
    return ReadError("Refused by AWS", message, "look at AWS's health", status=status)


def no_credentials(error: Exception | None) -> ReadError:
    """Why the standard chain gave no credentials; None: it found nothing."""
    title = "No AWS credentials"
    if isinstance(error, ClientError):  # a role that the chain itself assumes
        right = f"sts:{error.operation_name}"
        status = _status(error)
        if _code(error) in DENIED:
            message = f"missing permission {right} on the role that the environment names"
            mend = "correct the role's trust policy (deploy/iam/README.md)"
            return RefusedError("Not allowed by AWS", message, mend, status=status)
        return ReadError(title, f"{right} failed ({_code(error)})", _SIGN_IN, status=status)
    if error is None or isinstance(error, NoCredentialsError):
        return ReadError(title, "boto3's standard chain finds none here", _SIGN_IN)
    if isinstance(error, ProfileNotFound):
        return ReadError(title, str(error), "correct AWS_PROFILE")
    if isinstance(error, PartialCredentialsError):
        return ReadError(title, "they are not whole: a key is missing beside another", _SIGN_IN)
    if isinstance(error, SSOError | TokenRetrievalError):
        return ReadError(title, "the SSO session has ended", "run `aws sso login`")
    if isinstance(error, HTTPClientError | NoConnectionError):
        return _unanswered(error, "the source of credentials")
    message = f"getting them failed ({type(error).__name__})"
    return ReadError(title, message, _SIGN_IN)


def _unanswered(error: Exception, what: str) -> ReadError:
    look = "check that AWS can be reached from here"
    if isinstance(error, ProxyConnectionError):
        return ReadError("Proxy failed", f"the proxy did not reach AWS for {what}", look)
    if isinstance(error, ConnectTimeoutError | ReadTimeoutError):
        return OutOfTimeError("No answer from AWS", f"{what}: no answer in time", look)
    if isinstance(error, SSLError):
        look = "name the authority of a proxy between here and AWS by AWS_CA_BUNDLE"
        return ReadError("Certificate not trusted", f"{what}: AWS's certificate", look)
    if isinstance(error, HTTPClientError | NoConnectionError):
        return ReadError("AWS not reached", f"{what}: {type(error).__name__}", look)
    kind = type(error).__name__ if isinstance(error, BotoCoreError) else "ValueError"
    return UnfitError("AWS not asked", f"{what}: boto3 refuses the call ({kind})", look)


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
