"""Consistency checks of `discover` and `registry`, and with the other sections."""

from reldash.config.cross_checks import check_distinct, check_known
from reldash.config.document import Document, Loc
from reldash.config.error_text import quoted
from reldash.config.shapes import DiscoverShape, FleetShape


def check_aws_sections(fleet: FleetShape, document: Document) -> None:
    """Check that each region is searched once per role, and that references exist.

    Raises:
        ConfigurationError: the first error.
    """
    searched: dict[tuple[str, str | None], Loc] = {}
    for i, rule in enumerate(fleet.discover):
        loc: Loc = ("discover", i)
        _check_rule(rule, loc, fleet, document)
        for j, region in enumerate(rule.eks.regions):
            place = document.existing((*loc, "eks", "regions", j))
            first = searched.setdefault((region, rule.eks.role_arn), place)
            if first != place or region in rule.eks.regions[:j]:
                line = document.line(first)
                expected = f"each region once per role: it is also on line {line}"
                raise document.error(place, quoted(region), expected)
    if fleet.registry is not None:
        accounts = [role.account for role in fleet.registry.ecr]
        locs: list[Loc] = [("registry", "ecr", i, "account") for i in range(len(accounts))]
        check_distinct(accounts, locs, document)


def _check_rule(rule: DiscoverShape, loc: Loc, fleet: FleetShape, document: Document) -> None:
    if rule.eks.external_id and not rule.eks.role_arn:
        raise document.error(
            (*loc, "eks", "external_id"), "no role_arn", "role_arn with external_id"
        )
    defined = [environment.name for environment in fleet.environments]
    for value, meant in rule.environments.items():
        for name in meant:
            check_known(name, defined, (*loc, "environments", value, name), document)
