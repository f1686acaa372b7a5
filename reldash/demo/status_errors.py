"""Kubernetes `Status` objects for errors, byte for byte as the API sends them."""

from reldash.demo.cluster_state import Resource
from reldash.demo.object_parts import Json

EXPIRED_MESSAGE = (
    "The provided continue parameter is too old to display a consistent list result. You can "
    "start a new list without the continue parameter, or use the continue token in this response "
    "to retrieve the remainder of the results. Continuing with the provided token results in an "
    "inconsistent list - objects that were created, modified, or deleted between the time the "
    "first chunk was returned and now may show up in the list."
)


def _failure(code: int, reason: str, message: str, details: Json | None = None) -> Json:
    item: Json = {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": message,
        "reason": reason,
    }
    if details is not None:
        item["details"] = details
    return item | {"code": code}


def unauthorized() -> Json:
    """401: the token is missing, wrong or expired; the API does not say which."""
    return _failure(401, "Unauthorized", "Unauthorized")


def forbidden(user: str, resource: str, known: Resource, namespace: str | None) -> Json:
    """403: authenticated, but without permission."""
    qualified = f"{resource}.{known.group}" if known.group else resource
    scope = f'in the namespace "{namespace}"' if namespace else "at the cluster scope"
    message = (
        f'{qualified} is forbidden: User "{user}" cannot list resource "{resource}" '
        f'in API group "{known.group}" {scope}'
    )
    details = {"group": known.group} if known.group else {}
    return _failure(403, "Forbidden", message, details | {"kind": resource})


def bad_continue(fault: str) -> Json:
    """400: a continue token that this server never issued."""
    return _failure(400, "BadRequest", f"invalid continue token: {fault}")


def bad_request(fault: str) -> Json:
    """400: a parameter that cannot be parsed."""
    return _failure(400, "BadRequest", fault)


def expired_continue(fresh: str) -> Json:
    """410: the token's list has been compacted; `fresh` continues on the current one."""
    item = _failure(410, "Expired", EXPIRED_MESSAGE)
    item["metadata"] = {"continue": fresh}
    return item


def not_found() -> Json:
    """404: an unknown path."""
    return _failure(404, "NotFound", "the server could not find the requested resource", {})


def too_many_requests() -> Json:
    """429 from API priority and fairness; sent with Retry-After."""
    message = "Too many requests, please try again later."
    return _failure(429, "TooManyRequests", message, {"retryAfterSeconds": 1})
