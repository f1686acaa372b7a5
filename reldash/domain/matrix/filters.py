"""The filter of a matrix, and its form as the query of a URL."""

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from reldash.domain.drift.states import Flag, State
from reldash.domain.fleet.choices import ChoiceError
from reldash.domain.fleet.scope import Scope
from reldash.domain.matrix.cell_text import iso
from reldash.domain.matrix.cells import Axis
from reldash.domain.matrix.sorting import BY_CONCERN, BY_SERVICE, BY_VERSION, is_order
from reldash.domain.moments import MomentError, parse_moment

# Limits of one query, so that no request keeps a processor busy.
MOST_VALUES = 500
LONGEST_TEXT = 500  # characters

_WORDS_FOR = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}

_E = TypeVar("_E", bound=enum.StrEnum)


@dataclass(frozen=True, slots=True)
class Filter:
    """A user's choices about a matrix. Empty fields choose everything.

    Attributes:
        text: words; each must occur, in any case, in a row's service, owner or versions.
        environments, owners: names. clusters, namespaces, customers: as in `Scope`.
        states, flags: a row is kept for a cell with one of the states and one of the flags.
        differs: keep only rows in which something differs from its baseline.
        critical: keep only rows in which something runs a critical finding of a scan.
        sidecars: show rows of sidecars and init containers as well.
        axis: the kind of the columns.
        baseline: "" for the environment promoted from, "newest", or an environment's name.
        sort: "" for the matrix's own order, or a key of `sorting.sort_rows`.
        descending: whether to reverse the order; ignored without `sort`.
        as_of: a past moment (aware UTC, whole seconds); None for now.
    """

    text: str = ""
    environments: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    states: tuple[State, ...] = ()
    flags: tuple[Flag, ...] = ()
    differs: bool = False
    critical: bool = False
    sidecars: bool = False
    axis: Axis = Axis.ENVIRONMENT
    baseline: str = ""
    sort: str = ""
    descending: bool = False
    as_of: datetime | None = None

    @property
    def scope(self) -> Scope:
        """The scope of the filter, which the matrix is built with."""
        return Scope(self.clusters, self.namespaces, self.customers)

    def to_query(self) -> list[tuple[str, str]]:
        """The filter as pairs of a URL's query, without default values.

        Keys: text; env, cluster, ns, customer, owner, state and flag, once per value;
        differs, critical and sidecars ("true", as bound widgets write it); by; baseline; sort;
        dir ("desc"); at (as `cell_text.iso` writes it).
        """
        pairs = [("text", self.text)] if self.text else []
        for key, values in (
            ("env", self.environments),
            ("cluster", self.clusters),
            ("ns", self.namespaces),
            ("customer", self.customers),
            ("owner", self.owners),
            ("state", self.states),
            ("flag", self.flags),
        ):
            pairs += [(key, str(value)) for value in values]
        pairs += [("differs", "true")] if self.differs else []
        pairs += [("critical", "true")] if self.critical else []
        pairs += [("sidecars", "true")] if self.sidecars else []
        pairs += [("by", str(self.axis))] if self.axis is not Axis.ENVIRONMENT else []
        pairs += [("baseline", self.baseline)] if self.baseline else []
        pairs += [("sort", self.sort)] if self.sort else []
        pairs += [("dir", "desc")] if self.descending else []
        pairs += [("at", iso(self.as_of))] if self.as_of else []
        return pairs

    @classmethod
    def from_query(cls, pairs: Iterable[tuple[str, str]]) -> "Filter":
        """Parse the filter in a URL's query; the inverse of `to_query`.

        Unknown keys and empty values are ignored, since the URL of a page has others too; of a
        key with a single value, the last one counts.

        Raises:
            ChoiceError: a state, flag, axis, switch, order or moment does not exist, or there are
                more values than `MOST_VALUES` or characters than `LONGEST_TEXT`. A moment in the
                future is not checked here.
        """
        found: dict[str, list[str]] = {}
        for key, value in pairs:
            if value:
                found.setdefault(key, []).append(value)
        _check_size(found)
        one = {key: values[-1] for key, values in found.items()}
        return cls(
            text=one.get("text", ""),
            environments=tuple(found.get("env", ())),
            clusters=tuple(found.get("cluster", ())),
            namespaces=tuple(found.get("ns", ())),
            customers=tuple(found.get("customer", ())),
            owners=tuple(found.get("owner", ())),
            states=tuple(_member(State, "state", value) for value in found.get("state", ())),
            flags=tuple(_member(Flag, "flag", value) for value in found.get("flag", ())),
            differs=_switch("differs", one.get("differs", "0")),
            critical=_switch("critical", one.get("critical", "0")),
            sidecars=_switch("sidecars", one.get("sidecars", "0")),
            axis=_member(Axis, "by", one.get("by", str(Axis.ENVIRONMENT))),
            baseline=one.get("baseline", ""),
            sort=_order(one.get("sort", "")),
            descending=_descending(one.get("dir", "asc")),
            as_of=_moment(one["at"]) if "at" in one else None,
        )


def _check_size(found: Mapping[str, Sequence[str]]) -> None:
    for key in ("env", "cluster", "ns", "customer", "owner", "state", "flag"):
        if (count := len(found.get(key, ()))) > MOST_VALUES:
            raise ChoiceError(
                "Too many values", f"{key}: {count} values, expected at most {MOST_VALUES}"
            )
    if (length := len(found.get("text", ("",))[-1])) > LONGEST_TEXT:
        raise ChoiceError(
            "Too many values", f"text: {length} characters, expected at most {LONGEST_TEXT}"
        )


def _member(kind: type[_E], key: str, value: str) -> _E:
    try:
        return kind(value)
    except ValueError as e:
        raise _unknown(key, value, ", ".join(kind)) from e


def _switch(key: str, value: str) -> bool:
    try:
        return _WORDS_FOR[value.lower()]
    except KeyError as e:
        raise _unknown(key, value, "true or false") from e


def _order(value: str) -> str:
    if value and not is_order(value):
        raise _unknown("sort", value, f"{BY_SERVICE}, {BY_CONCERN} or {BY_VERSION}COLUMN")
    return value


def _descending(value: str) -> bool:
    try:
        return {"asc": False, "desc": True}[value]
    except KeyError as e:
        raise _unknown("dir", value, "asc or desc") from e


def _moment(value: str) -> datetime:
    try:
        return parse_moment(value)
    except MomentError as e:
        raise ChoiceError(e.title, f"at={e.message}") from e


def _unknown(key: str, value: str, expected: str) -> ChoiceError:
    return ChoiceError("Unknown filter", f"{key}={value}: expected {expected}")
