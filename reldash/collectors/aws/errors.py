"""Errors of AWS and boto3, translated: cause, missing permission, remedy.

Original messages are shown only where they cannot hold a secret: those about signatures quote the
signed headers, session token included, and those about connections quote proxies.
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

from reldash.collectors.http.errors import ForbiddenError, OutOfTimeError, ReadError
from reldash.collectors.http.text import one_line

# https://docs.aws.amazon.com/general/latest/gr/api-retries.html and the services' error lists
DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
UNKNOWN_CREDENTIALS: Final = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "UnrecognizedClientException",
    }
)
REJECTED_CREDENTIALS: Final = UNKNOWN_CREDENTIALS | {
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
# Error codes of ECR for a missing image, repository or scan.
NOT_IN_ECR: Final = frozenset(
    {"ImageNotFoundException", "RepositoryNotFoundException", "ScanNotFoundException"}
)
_SIGN_IN: Final = (
    "run where boto3 finds credentials: IRSA, EKS Pod Identity, an instance role, or"
    " AWS_PROFILE (deploy/iam/README.md)"
)
_ALLOW: Final = "grant it to the calling role, as in deploy/iam/policy.json"
_TRUST: Final = (
    "grant it to the calling role (deploy/iam/policy-assume.json), and name that role and the same"
    " external_id in the trust policy (deploy/iam/trust-account.json)"
)


class NotInEcrError(ReadError):
    """The repository, image or scan does not exist in ECR.

    Attributes:
        code: one of NOT_IN_ECR.
        text: ECR's message; of several images it names the first that is missing.
    """

    def __init__(self, code: str, text: str, message: str, *, status: int) -> None:
        remedy = "check the repository in AWS: images that still run may have been deleted"
        super().__init__("Not found in ECR", message, remedy, status=status)
        self.code = code
        self.text = text


class RejectedCallError(ReadError):
    """AWS, or boto3 before it, rejects this call; other calls may succeed."""


class ThrottledError(ReadError):
    """AWS still throttles the account's calls after several attempts."""


_REMEDIES: Final = {
    "sts:AssumeRole": _TRUST,
    "eks:ListClusters": _ALLOW.replace("policy.json", "policy-discover.json"),
}


def are_credentials_unknown(error: Exception) -> bool:
    """Whether AWS no longer accepts the credentials, so that others must be found."""
    return isinstance(error, ClientError) and _code(error) in UNKNOWN_CREDENTIALS


def is_transient(error: Exception) -> bool:
    """Whether a retry may succeed: throttling (ThrottlingException, 429) or a server error."""
    if not isinstance(error, ClientError):
        return isinstance(error, ConnectionClosedError)
    return _code(error) in THROTTLED or _status(error) in (429, 500, 502, 503, 504)


def error_of_call(error: Exception, right: str, where: str, keys: ReadOnlyCredentials) -> ReadError:
    """The error of a call, to be shown.

    Args:
        error: of boto3.
        right: the permission for the call, such as "eks:DescribeCluster".
        where: region, role and resource.
        keys: credentials that signed the call; masked in the message.
    """
    if not isinstance(error, ClientError):
        return _connection_error(error, f"{right} in {where}")
    code, status = _code(error), _status(error)
    secrets = tuple(each for each in keys if isinstance(each, str) and each)
    text = one_line(str(error.response.get("Error", {}).get("Message", "")), secrets) or code
    if code in DENIED:
        remedy = _REMEDIES.get(right, _ALLOW)
        message = f"missing permission {right} in {where}: {text}"
        return ForbiddenError("Not allowed by AWS", message, remedy, status=status)
    if code in REJECTED_CREDENTIALS:
        return ReadError(
            "Not signed in to AWS",
            f"AWS does not accept the credentials for {right} in {where} ({code})",
            "renew them, check this machine's clock, and check that the region is enabled in the"
            " account",
            status=status,
        )
    if code in THROTTLED or status == 429:
        message = f"AWS limits this account's calls of {right} in {where}"
        return ThrottledError("Throttled by AWS", message, "it will be tried again", status=status)
    if code == "ResourceNotFoundException":
        remedy = "correct eks.cluster, eks.region or eks.role_arn in the fleet file"
        return ReadError("Not found in AWS", f"{right} in {where}: {text}", remedy, status=status)
    if code in NOT_IN_ECR:
        return NotInEcrError(code, text, f"{right} in {where}: {text}", status=status)
    message = f"{right} in {where}: {text}"
    if status < 500:
        return RejectedCallError("Refused by AWS", message, "correct what AWS names", status=status)
    return ReadError("Refused by AWS", message, "check the AWS health status", status=status)


def no_credentials(error: Exception | None) -> ReadError:
    """The error for missing credentials; `error` is None if the standard chain found none."""
    title = "No AWS credentials"
    if isinstance(error, ClientError):  # a role that the chain itself assumes
        right = f"sts:{error.operation_name}"
        status = _status(error)
        if _code(error) in DENIED:
            message = f"missing permission {right} on the role that the environment names"
            remedy = "correct the role's trust policy (deploy/iam/README.md)"
            return ForbiddenError("Not allowed by AWS", message, remedy, status=status)
        return ReadError(title, f"{right} failed ({_code(error)})", _SIGN_IN, status=status)
    if error is None or isinstance(error, NoCredentialsError):
        return ReadError(title, "boto3's standard chain finds none here", _SIGN_IN)
    if isinstance(error, ProfileNotFound):
        return ReadError(title, str(error), "correct AWS_PROFILE")
    if isinstance(error, PartialCredentialsError):
        return ReadError(title, "they are incomplete: one of the keys is missing", _SIGN_IN)
    if isinstance(error, SSOError | TokenRetrievalError):
        return ReadError(title, "the SSO session has expired", "run `aws sso login`")
    if isinstance(error, HTTPClientError | NoConnectionError):
        return _connection_error(error, "the source of credentials")
    message = f"getting them failed ({type(error).__name__})"
    return ReadError(title, message, _SIGN_IN)


def _connection_error(error: Exception, what: str) -> ReadError:
    remedy = "check that AWS can be reached from here"
    if isinstance(error, ProxyConnectionError):
        return ReadError("Proxy failed", f"the proxy did not reach AWS for {what}", remedy)
    if isinstance(error, ConnectTimeoutError | ReadTimeoutError):
        return OutOfTimeError("No answer from AWS", f"{what}: no answer in time", remedy)
    if isinstance(error, SSLError):
        remedy = "set AWS_CA_BUNDLE to the CA of the proxy between here and AWS"
        return ReadError("Certificate not trusted", f"{what}: AWS's certificate", remedy)
    if isinstance(error, HTTPClientError | NoConnectionError):
        return ReadError("AWS not reached", f"{what}: {type(error).__name__}", remedy)
    kind = type(error).__name__ if isinstance(error, BotoCoreError) else "ValueError"
    return RejectedCallError("AWS not called", f"{what}: boto3 rejects the call ({kind})", remedy)


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
