"""Reads a resource where the account is permitted to: cluster-wide, else by namespace."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from reldash.collectors.http.errors import (
    ForbiddenError,
    InvalidResponseError,
    ReadError,
    UnauthorizedError,
)
from reldash.collectors.http.transport import Transport
from reldash.collectors.kubernetes.object_checks import check_containers, check_labels, check_object
from reldash.collectors.kubernetes.paged_list import Sink, get_list
from reldash.collectors.kubernetes.resources import Resource
from reldash.collectors.kubernetes.wire.common import ObjectMeta, PodTemplate
from reldash.domain.workloads.reads import BadObject, Unread


class HasMeta(Protocol):
    """An object with metadata."""

    @property
    def metadata(self) -> ObjectMeta:
        """Its metadata."""


T = TypeVar("T", bound=HasMeta)


class ObjectsByName(Generic[T]):
    """A sink that keeps objects by namespace and name; the last one with a name wins.

    `template_of` returns the pod template to be checked, or None.
    """

    def __init__(self, template_of: Callable[[T], PodTemplate | None]) -> None:
        self.items: dict[tuple[str, str], T] = {}
        self._template_of = template_of

    def add(self, item: T, /) -> None:
        """Keep one object; ObjectError if its metadata or pod template are invalid."""
        check_object(item.metadata)
        check_labels(item.metadata.labels)
        template = self._template_of(item)
        if template is not None:
            check_containers(template.spec)
            check_labels(template.metadata.labels if template.metadata else None)
        self.items[item.metadata.namespace, item.metadata.name] = item

    def merge(self, other: "ObjectsByName[T]") -> None:
        """Add the objects of another sink, read in other namespaces."""
        self.items.update(other.items)


class MergeableSink(Sink[Any], Protocol):
    """A sink that can add the contents of another of its kind."""

    def merge(self, other: Any) -> None:
        """Add the contents of the other."""


S = TypeVar("S", bound=MergeableSink)


@dataclass(frozen=True, slots=True)
class ListResult(Generic[S]):
    """The objects read of one resource.

    `missing` holds namespaces that could not be read; None if none could.
    """

    sink: S
    missing: frozenset[str] | None = frozenset()

    def covers(self, namespace: str) -> bool:
        """Whether that namespace was read: an object not listed then does not exist."""
        return self.missing is not None and namespace not in self.missing


@dataclass(slots=True)
class ListReader:
    """Reads lists of one cluster, and collects unread parts, invalid objects and errors.

    `namespaces` are those that the fleet file names for the cluster, if any; objects of others
    are dropped then, even if the account may read everything.
    """

    transport: Transport
    namespaces: tuple[str, ...] | None
    unread: list[Unread] = field(default_factory=list)
    bad: list[BadObject] = field(default_factory=list)
    errors: list[tuple[Resource[Any], ReadError]] = field(default_factory=list)

    def get(self, resource: Resource[Any], make_sink: Callable[[], S]) -> ListResult[S]:
        """Read a resource; parts that may not be read are recorded as unread.

        Raises:
            ReadError: no response, out of time, or credentials rejected: the whole read fails.
        """
        try:
            return ListResult(self._list(resource, make_sink, None))
        except ReadError as error:
            if _is_fatal(error):
                raise
            if not isinstance(error, ForbiddenError) or not self.namespaces:
                self._add_unread(resource, None, error)
                return ListResult(make_sink(), None)
        whole, missing = make_sink(), set[str]()
        for namespace in dict.fromkeys(self.namespaces):
            try:
                whole.merge(self._list(resource, make_sink, namespace))
            except ReadError as error:
                if _is_fatal(error):
                    raise
                self._add_unread(resource, namespace, error)
                missing.add(namespace)
        nothing = len(missing) == len(set(self.namespaces))
        return ListResult(whole, None if nothing else frozenset(missing))

    def get_some(
        self, resource: Resource[Any], make_sink: Callable[[], S], namespace: str, selector: str
    ) -> S | None:
        """Read the objects matching a label selector in one namespace; None if refused."""
        try:
            return self._list(resource, make_sink, namespace, selector)
        except ReadError as error:
            if _is_fatal(error):
                raise
            self._add_unread(resource, namespace, error)
            return None

    def _list(
        self,
        resource: Resource[Any],
        make_sink: Callable[[], S],
        namespace: str | None,
        selector: str = "",
    ) -> S:
        sink, bad = get_list(
            self.transport, resource, make_sink, namespace=namespace, selector=selector
        )
        self.bad.extend(bad)
        return sink

    def _add_unread(self, resource: Resource[Any], namespace: str | None, error: ReadError) -> None:
        where = f" in namespace {namespace}" if namespace else ""
        unread = Unread(
            resource.kind,
            namespace,
            error.title,
            f"the account may not {resource.right}{where}"
            if isinstance(error, ForbiddenError)
            else error.message,
        )
        if unread not in self.unread:
            self.unread.append(unread)
            self.errors.append((resource, error))


def _is_fatal(error: ReadError) -> bool:
    """Whether the error concerns the whole cluster, not one resource: no response, or 401."""
    if isinstance(error, UnauthorizedError):
        return True
    return error.status is None and not isinstance(error, InvalidResponseError)
