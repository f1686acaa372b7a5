"""The order of one service's versions: chosen for each pair, and told with it.

By text; else by the first push to a registry; else by the first rollout in the dashboard's first
environment; else not comparable. Methods may contradict each other over three versions (a before b
by text, b before c by time, c before a by text), so whatever needs more than a pair says here what
it does about that.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final, NamedTuple, TypeAlias

from reldash.domain.versions.tag_order import TextOrder, compare_tags
from reldash.domain.versions.tag_parts import Kind, Reading, StepKind
from reldash.domain.versions.tag_rules import NO_RULES, TagRules

TimeOf: TypeAlias = Callable[[str], datetime | None]

TEXT: Final = "text"
PUSH_TIME: Final = "push time"
FIRST_ROLLOUT: Final = "first rollout"
# They have a major, a minor and a patch number.
NUMBERED_METHODS: Final = frozenset({"semver", "shape"})
_PARTS: Final = 3


def _never(_: str) -> None:
    """The time of every version where no times are known."""


class Standing(NamedTuple):
    """How one version stands to another.

    Attributes:
        result: -1 older, 0 one version, 1 newer, None not comparable.
        method: "semver", "date", "counter", "shape", "rule", "push time" or "first rollout";
            "" where nothing compares them.
        reason: what decided, for people.
    """

    result: int | None
    method: str
    reason: str


class VersionOrder:
    """Compares the versions of one service.

    Args:
        rules: how its tags are read.
        pushed_at: when a version's image was first pushed to a registry (aware UTC), or None.
        first_rollout_at: when it first ran in the dashboard's first environment, or None.
    """

    def __init__(
        self,
        rules: TagRules = NO_RULES,
        *,
        pushed_at: TimeOf = _never,
        first_rollout_at: TimeOf = _never,
    ) -> None:
        self.rules = rules
        self._times: tuple[tuple[str, TimeOf], ...] = (
            (PUSH_TIME, pushed_at),
            (FIRST_ROLLOUT, first_rollout_at),
        )
        self._has_text = True
        # A row asks for the same pairs again and again, for each cell and each limited order.
        self._found: dict[tuple[str, str], Standing] = {}
        self._by_text: dict[tuple[str, str], Standing] = {}
        self._limited: dict[str, VersionOrder] = {}

    def only(self, method: str) -> "VersionOrder":
        """The same order limited to one method of `Standing.method`; any of text is all text."""
        times = tuple(time for time in self._times if time[0] == method)
        name = method if times else TEXT
        limited = self._limited.get(name)
        if limited is None:
            limited = self._limited[name] = VersionOrder(self.rules)
            limited._times = times
            limited._has_text = not times
            limited._by_text = self._by_text
        return limited

    def differ_in_place(self, a: str, b: str) -> bool:
        """Whether two tags of one version were made for different places: 1.4.2-stg, -prod."""
        one, other = self.rules.read(a).decorations, self.rules.read(b).decorations
        return bool(one and other) and one != other

    def compare(self, a: str, b: str) -> Standing:
        """How version `a` stands to version `b`, by the first method that compares them."""
        found = self._found.get((a, b))
        if found is None:
            found = self._found[a, b] = self._compare(a, b)
        return found

    def compare_text(self, a: str, b: str) -> Standing:
        """The same by text alone."""
        found = self._by_text.get((a, b))
        if found is None:
            one, other = self.rules.read(a), self.rules.read(b)
            order = compare_tags(one, other)
            method = "" if order.result is None else _text_method(one, other, order)
            found = self._by_text[a, b] = Standing(order.result, method, order.reason)
        return found

    def newest(self, versions: Iterable[str]) -> list[str]:
        """Those that nothing among them is newer than, in the order given.

        The newest by text; of these by push time; of these by first rollout. Several are left
        where nothing compares them.
        """
        left = list(dict.fromkeys(versions))
        for order in self.each_method():
            left = [
                one for one in left if not any(order.compare(one, b).result == -1 for b in left)
            ]
        return left

    def each_method(self) -> Iterator["VersionOrder"]:
        """This order limited to each of its methods, the most telling first."""
        yield self.only(TEXT)
        for method, _ in self._times:
            yield self.only(method)

    def releases_between(self, older: str, newer: str, seen: Iterable[str]) -> int | None:
        """How many distinct versions lie after `older` up to `newer`, counting `newer`.

        Only those that the pair's own method compares with both are counted. 0 if both are one
        version; None if `older` is not older.
        """
        standing = self.compare(older, newer)
        if standing.result != -1:
            return 0 if standing.result == 0 else None
        order = self.only(standing.method)
        last = self.rules.read(newer).identity
        between = {
            self.rules.read(one).identity
            for one in seen
            if order.compare(older, one).result == -1
            and order.compare(one, newer).result in (-1, 0)
        }
        between.discard(self.rules.read(older).identity)
        return len(between | {last})

    def first_difference(self, older: str, newer: str) -> tuple[int, int, int]:
        """By how much major, minor or patch differ: the first that does; else all 0.

        All 0, too, where the versions are not compared by numbers with dots.
        """
        if self.compare(older, newer).method not in NUMBERED_METHODS:
            return 0, 0, 0
        one, other = self.rules.read(older).base, self.rules.read(newer).base
        width = max(len(one), len(other), _PARTS)
        pairs = zip(_padded(one, width), _padded(other, width), strict=True)
        at, difference = next(
            ((at, b - a) for at, (a, b) in enumerate(pairs) if a != b), (_PARTS, 0)
        )
        distance = [0] * (width + 1)
        distance[at] = difference
        return distance[0], distance[1], distance[2]

    def is_final_of(self, final: str, candidate: str) -> bool:
        """Whether one version is the release of a candidate: 1.5.0 of 1.5.0-rc.2.

        A candidate of a later build has that build as its release: 1.5.0-hotfix.1 of
        1.5.0-hotfix.1-rc.1. Variants must be equal; commits do not matter.
        """
        one, other = self.rules.read(final), self.rules.read(candidate)
        stage = next((n for n, step in enumerate(other.steps) if step.kind is StepKind.STAGE), None)
        return stage is not None and (
            one.steps == other.steps[:stage]
            and (one.kind, one.line, one.base, one.form, one.variant, one.values)
            == (other.kind, other.line, other.base, other.form, other.variant, other.values)
        )

    def _compare(self, a: str, b: str) -> Standing:
        by_text = self.compare_text(a, b)
        if by_text.result == 0 or (by_text.result is not None and self._has_text):
            return by_text
        by_text = Standing(None, "", by_text.reason)
        if self._is_refused(a, b):
            return by_text
        for name, time_of in self._times:
            earlier, later = time_of(a), time_of(b)
            result = _compare_times(earlier, later)
            if result is not None:
                sign = "before" if result < 0 else "after"
                return Standing(result, name, f"{name} {earlier} is {sign} {later}")
        return by_text

    def _is_refused(self, a: str, b: str) -> bool:
        """Whether no time may decide: one version in two variants is neither older nor newer."""
        one, other = self.rules.read(a), self.rules.read(b)
        if one.variant == other.variant or Kind.NONE in {one.kind, other.kind}:
            return False
        is_commit = one.kind is Kind.COMMIT
        return (one.kind, one.line, one.base, one.values, is_commit and one.commits) == (
            *(other.kind, other.line, other.base, other.values),
            is_commit and other.commits,
        )


def _text_method(one: Reading, other: Reading, order: TextOrder) -> str:
    if one.kind is Kind.RULED:
        return "rule"
    if one.kind is Kind.DATED:
        return "date"
    if order.by_shape:
        return "shape"
    return "counter" if one.is_counter and other.is_counter else "semver"


def _compare_times(earlier: datetime | None, later: datetime | None) -> int | None:
    if earlier is None or later is None or earlier == later:
        return None
    return -1 if earlier < later else 1


def _padded(numbers: tuple[int, ...], width: int) -> tuple[int, ...]:
    return numbers + (0,) * (width - len(numbers))
