"""The sides of a comparison as text, in URLs and on the command line."""

from datetime import datetime
from typing import Final

from reldash.domain.comparison.sides import Side
from reldash.domain.fleet.choices import ChoiceError
from reldash.domain.fleet.rules import Dashboard
from reldash.domain.matrix.cell_text import iso
from reldash.domain.moments import MomentError, parse_moment

SIDE_FORMS: Final = (
    "ENVIRONMENT, cluster:NAME, cluster:NAME/ENVIRONMENT, ns:ENVIRONMENT/NAMESPACE or "
    "customer:ENVIRONMENT/NAME, each with @2026-11-20T17:00Z behind it for a moment of the past"
)


def parse_side(text: str, dashboard: Dashboard, *, now: datetime) -> Side:
    """Parse a side of a dashboard in one of `SIDE_FORMS`; `env:NAME` is an environment too.

    Names may contain "@": the part after the last one is a moment only if the whole text does not
    name an environment. Moments are those of `parse_moment`.

    Raises:
        ChoiceError: the text has another form, or the environment or moment does not exist.
            `sides.cells_of_side` checks clusters, namespaces and customers.
    """
    written = text.strip()
    environments = [environment.name for environment in dashboard.environments]
    if written in environments:
        return Side(environment=written)
    if written.startswith("env:") and written.removeprefix("env:") in environments:
        return Side(environment=written.removeprefix("env:"))
    name, at_sign, moment = written.rpartition("@")
    if not at_sign:
        return _place(written, environments, None, written)
    try:
        return _place(name, environments, parse_moment(moment, now=now), written)
    except MomentError as error:
        if ":" in name and not moment.startswith(tuple("-0123456789")):
            return _place(written, environments, None, written)  # a cluster called "a@b"
        raise ChoiceError(error.title, f"{text[:100]!r}: {error.message}") from error


def side_text(side: Side) -> str:
    """The text that `parse_side` parses to the same side."""
    if side.axis == "environment":
        plain = "@" not in side.environment and ":" not in side.environment
        place = side.environment if plain else f"env:{side.environment}"
    else:
        kind = {"cluster": "cluster", "namespace": "ns", "customer": "customer"}[side.axis]
        place = f"{kind}:{side.column}"
    return f"{place}@{iso(side.as_of)}" if side.as_of else place


def _place(name: str, environments: list[str], as_of: datetime | None, written: str) -> Side:
    """The side of a name, by environment or by a prefix such as "cluster:"."""
    if name in environments:
        return Side(environment=name, as_of=as_of)
    kind, colon, rest = name.partition(":")
    if kind == "env" and rest in environments:
        return Side(environment=rest, as_of=as_of)
    first, slash, second = rest.partition("/")
    if kind == "cluster" and first and bool(second) is bool(slash):
        return Side(cluster=first, environment=_known(second, environments), as_of=as_of)
    if kind in ("ns", "customer") and first and second:
        environment = _known(first, environments)
        if kind == "ns":
            return Side(environment=environment, namespace=second, as_of=as_of)
        return Side(environment=environment, customer=second, as_of=as_of)
    if not colon:
        _known(name, environments)
    raise ChoiceError("Unknown side", f"{written[:100]!r}: expected {SIDE_FORMS}")


def _known(name: str, environments: list[str]) -> str:
    if name and name not in environments:
        expected = ", ".join(environments)
        raise ChoiceError(
            "Unknown environment", f"{name[:100]!r}: expected {expected}, or another side"
        )
    return name
