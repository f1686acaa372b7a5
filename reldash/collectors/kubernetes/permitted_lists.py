"""Reads one resource as far as the account may: everywhere, or in the namespaces it is given."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from reldash.collectors.http.errors import FaultyAnswerError, ReadError, RefusedError, SignInError
from reldash.collectors.http.transport import Transport
from reldash.collectors.kubernetes.object_checks import check_containers, check_labels, check_object
from reldash.collectors.kubernetes.paged_list import Sink, get_list
from reldash.collectors.kubernetes.resources import Resource
from reldash.collectors.kubernetes.wire.common import Meta, Template
from reldash.domain.workloads.reads import BadObject, Unread


class HasMeta(Protocol):
    """An object with metadata."""

    @property
    def metadata(self) -> Meta:
        """Its metadata."""


T = TypeVar("T", bound=HasMeta)


class ObjectStore(Generic[T]):
    """A sink that keeps objects by namespace and name; the last of one name counts.

    `template_of` finds the pod template that is checked; it may say that there is none.
    """

    def __init__(self, template_of: Callable[[T], Template | None]) -> None:
        self.items: dict[tuple[str, str], T] = {}
        self._template_of = template_of

    def add(self, item: T, /) -> None:
        """Keep one object; ObjectError if its metadata or pod template make no sense."""
        check_object(item.metadata)
        check_labels(item.metadata.labels)
        template = self._template_of(item)
        if template is not None:
            check_containers(template.spec)
            check_labels(template.metadata.labels if template.metadata else None)
        self.items[item.metadata.namespace, item.metadata.name] = item

    def absorb(self, other: "ObjectStore[T]") -> None:
        """Keep what another sink took in other namespaces."""
        self.items.update(other.items)


class Absorbing(Sink[Any], Protocol):
    """A sink that takes what another of its kind took."""

    def absorb(self, other: Any) -> None:
        """Take what the other took."""


S = TypeVar("S", bound=Absorbing)


@dataclass(frozen=True, slots=True)
class ListPart(Generic[S]):
    """What was read of one resource.

    `missing` are namespaces that could not be read; None: nothing could.
    """

    sink: S
    missing: frozenset[str] | None = frozenset()

    def covers(self, namespace: str) -> bool:
        """Whether that namespace was read, so that what is not here is not there."""
        return self.missing is not None and namespace not in self.missing


@dataclass(slots=True)
class Reading:
    """One read of one cluster, with what could not be read and what made no sense.

    `namespaces` are those that the fleet file names for the cluster, if it does; nothing of
    others is kept then, also where the account may read everything.
    """

    transport: Transport
    namespaces: tuple[str, ...] | None
    unread: list[Unread] = field(default_factory=list)
    bad: list[BadObject] = field(default_factory=list)
    errors: list[tuple[Resource[Any], ReadError]] = field(default_factory=list)

    def get(self, resource: Resource[Any], make_sink: Callable[[], S]) -> ListPart[S]:
        """Read a resource; what may not be read is noted, and the rest goes on.

        Raises:
            ReadError: no answer, out of time, or not signed in: the cluster as a whole fails.
        """
        try:
            return ListPart(self._list(resource, make_sink, None))
        except ReadError as error:
            if _is_fatal(error):
                raise
            if not isinstance(error, RefusedError) or not self.namespaces:
                self._note(resource, None, error)
                return ListPart(make_sink(), None)
        whole, missing = make_sink(), set[str]()
        for namespace in dict.fromkeys(self.namespaces):
            try:
                whole.absorb(self._list(resource, make_sink, namespace))
            except ReadError as error:
                if _is_fatal(error):
                    raise
                self._note(resource, namespace, error)
                missing.add(namespace)
        nothing = len(missing) == len(set(self.namespaces))
        return ListPart(whole, None if nothing else frozenset(missing))

    def get_some(
        self, resource: Resource[Any], make_sink: Callable[[], S], namespace: str, selector: str
    ) -> S | None:
        """Read what a label selector finds in one namespace; None, and noted, if refused."""
        try:
            return self._list(resource, make_sink, namespace, selector)
        except ReadError as error:
            if _is_fatal(error):
                raise
            self._note(resource, namespace, error)
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

    def _note(self, resource: Resource[Any], namespace: str | None, error: ReadError) -> None:
        where = f" in namespace {namespace}" if namespace else ""
        unread = Unread(
            resource.kind,
            namespace,
            error.title,
            f"the account may not {resource.right}{where}"
            if isinstance(error, RefusedError)
            else error.message,
        )
        if unread not in self.unread:
            self.unread.append(unread)
            self.errors.append((resource, error))


def _is_fatal(error: ReadError) -> bool:
    """Whether the error is of the cluster, not of one resource: it did not answer, or 401."""
    if isinstance(error, SignInError):
        return True
    return error.status is None and not isinstance(error, FaultyAnswerError)
