"""Search for images by the name of a scan's finding, such as a CVE."""

from typing import NamedTuple

from sqlalchemy import Connection, text

from reldash.domain.registries.scans import Severity


class ImageWithFinding(NamedTuple):
    """An image of a registry, with the worst severity among the findings that matched."""

    registry: str
    repository: str
    digest: str
    severity: Severity


_FIND = text("""
    SELECT registry, repository, digest, array_agg(DISTINCT found.one ->> 'severity')
    FROM registry_images i, LATERAL jsonb_array_elements(i.findings) AS found (one)
    WHERE NOT missing AND jsonb_typeof(i.findings) = 'array'
      AND strpos(lower(found.one ->> 'name'), lower(:text)) > 0
    GROUP BY registry, repository, digest
    ORDER BY registry, repository, digest
""")
_WORST_FIRST = {severity.value: severity for severity in Severity}


def find_images_with_finding(connection: Connection, wanted: str) -> list[ImageWithFinding]:
    """Images with a finding whose name contains a text, ignoring case; none for an empty text."""
    wanted = wanted.strip()
    if not wanted:
        return []
    return [
        ImageWithFinding(registry, repository, digest, _worst(severities))
        for registry, repository, digest, severities in connection.execute(_FIND, {"text": wanted})
    ]


def _worst(severities: list[str]) -> Severity:
    return next(severity for value, severity in _WORST_FIRST.items() if value in severities)
