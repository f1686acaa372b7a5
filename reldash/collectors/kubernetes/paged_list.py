"""Reads one list page by page; an invalid object is left out without affecting the others."""

from collections.abc import Callable
from typing import Any, Final, Protocol, TypeVar

import msgspec

from reldash.collectors.http.errors import InvalidResponseError, ReadError
from reldash.collectors.http.text import one_line
from reldash.collectors.http.transport import Transport
from reldash.collectors.kubernetes.object_checks import ObjectError, name_of
from reldash.collectors.kubernetes.resources import RAW_PAGE, ListPage, Resource
from reldash.domain.workloads.reads import BadObject

PAGE_SIZE: Final = 500
MAX_PAGES: Final = 2000  # a million objects
RESTARTS: Final = 3

T_contra = TypeVar("T_contra", contravariant=True)
T = TypeVar("T")


class Sink(Protocol[T_contra]):
    """Receives the objects of a list as they are read."""

    def add(self, item: T_contra, /) -> None:
        """Add one object; ObjectError if it is invalid."""


S = TypeVar("S", bound=Sink[Any])


def get_list(
    transport: Transport,
    resource: Resource[T],
    make_sink: Callable[[], S],
    *,
    namespace: str | None = None,
    selector: str = "",
) -> tuple[S, list[BadObject]]:
    """Read a list into a sink of `make_sink`, a new one each time the list restarts.

    A continue token that has expired (410) or is rejected (400) restarts the list, at most three
    times: the pages read so far would be of another moment than the rest.

    Args:
        transport: to the server.
        resource: the kind of object to list.
        make_sink: makes an empty sink.
        namespace: None reads all namespaces.
        selector: a label selector in the API's syntax.

    Returns:
        The filled sink, and the objects that were left out of it.

    Raises:
        ReadError: the list could not be read completely.
    """
    path = resource.path(namespace)
    for _ in range(1 + RESTARTS):
        sink = make_sink()
        bad: list[BadObject] = []
        token = ""
        for _ in range(MAX_PAGES):
            query = {"limit": str(PAGE_SIZE)}
            if selector:
                query["labelSelector"] = selector
            if token:
                query["continue"] = token
            try:
                page = _page(resource, transport.get(path, query), path, bad)
            except ReadError as error:
                if token and error.status in (400, 410):
                    break
                raise
            _fill(sink, page.items or (), resource.kind, bad)
            last, token = token, page.metadata.continue_ or ""
            if not token:
                return sink, bad
            if token == last:
                raise InvalidResponseError("Endless list", f"{path} continues with the same token")
        else:
            raise InvalidResponseError("Endless list", f"{path} has more than {MAX_PAGES} pages")
    raise ReadError(
        "List expired",
        f"{path} expired while it was read, {1 + RESTARTS} times",
        "check the API server's load, or raise collect.timeout in the fleet file",
        status=410,
    )


def _page(resource: Resource[T], body: bytes, path: str, bad: list[BadObject]) -> ListPage[T]:
    """The page with its valid objects; the others are appended to `bad`."""
    try:
        return resource.page.decode(body)
    except (msgspec.ValidationError, RecursionError):
        pass  # at least one object has another shape: decode them one by one
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidResponseError("Unreadable answer", f"{path} is not JSON: {error}") from error
    try:
        loose = RAW_PAGE.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidResponseError(
            "Unreadable answer", f"{path} is not a list of objects: {error}"
        ) from error
    items: list[T] = []
    for raw in loose.items or ():
        try:
            items.append(resource.item.decode(raw))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            namespace, name = name_of(raw)
            bad.append(BadObject(resource.kind, namespace, name, one_line(str(error))))
    return ListPage(items, loose.metadata)


def _fill(sink: Sink[T], items: Any, kind: str, bad: list[BadObject]) -> None:
    for item in items:
        try:
            sink.add(item)
        except ObjectError as error:
            meta = item.metadata
            bad.append(
                BadObject(kind, one_line(meta.namespace), one_line(meta.name), one_line(str(error)))
            )
