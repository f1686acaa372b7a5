"""Error responses of AWS services: XML for STS, JSON for the others."""

from html import escape

import msgspec

from reldash.demo.aws.moto_backend import MotoResponse


def error_response(service: str, status: int, code: str, message: str) -> MotoResponse:
    """Build an error response of a service."""
    if service == "sts":
        body = (
            '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error>'
            f"<Type>Sender</Type><Code>{code}</Code><Message>{escape(message)}</Message>"
            "</Error></ErrorResponse>"
        )
        return MotoResponse(status, {"Content-Type": "text/xml"}, body.encode())
    headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-errortype": code}
    return MotoResponse(status, headers, msgspec.json.encode({"__type": code, "message": message}))


def access_denied(action: str, who: str, resource: str = "") -> MotoResponse:
    """Build the response for a missing permission."""
    service = action.partition(":")[0]
    on = f" on resource: {resource}" if resource else ""
    code = "AccessDenied" if service == "sts" else "AccessDeniedException"
    status = 400 if service == "ecr" else 403
    message = f"User: {who} is not authorized to perform: {action}{on}"
    return error_response(service, status, code, message)


def throttled(service: str) -> MotoResponse:
    """Build the response for too many calls."""
    code = "Throttling" if service == "sts" else "ThrottlingException"
    return error_response(service, 400, code, "Rate exceeded")


def unknown_access_key(service: str) -> MotoResponse:
    """Build the response for an unknown access key."""
    code = "InvalidClientTokenId" if service == "sts" else "UnrecognizedClientException"
    message = "The security token included in the request is invalid."
    return error_response(service, 403, code, message)
