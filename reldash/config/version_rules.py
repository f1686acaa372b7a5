"""Checks and conversion of the rules for reading tags in a fleet file."""

from reldash.config.cross_checks import check_distinct, check_known
from reldash.config.document import Document
from reldash.config.shapes import VersionShape
from reldash.domain.fleet.rules import VersionRule
from reldash.domain.versions.tag_rules import deciding_groups


def check_version_rules(rules: list[VersionShape], document: Document) -> None:
    """Check that `order` names groups of the pattern that may decide, each once.

    Raises:
        ConfigurationError: otherwise.
    """
    for i, rule in enumerate(rules):
        names = rule.order or []
        locs = [document.existing(("versions", i, "order", j)) for j in range(len(names))]
        known = deciding_groups(rule.pattern)
        for name, loc in zip(names, locs, strict=True):
            check_known(name, known, loc, document)
        check_distinct(names, locs, document)


def transform_version_rule(shape: VersionShape) -> VersionRule:
    """Convert the checked section to a value; without `order`, groups decide as they appear."""
    return VersionRule(
        images=tuple(shape.images),
        services=tuple(shape.services),
        pattern=shape.pattern,
        order=tuple(shape.order or deciding_groups(shape.pattern)),
    )
