"""The version of an image: its tag, else a label, else a digest."""

import pytest

from reldash.domain.images.references import parse_image
from reldash.domain.versions.image_version import version_of

DIGEST = f"sha256:0123456789ab{'0' * 52}"


@pytest.mark.parametrize(
    ("reference", "label", "version"),
    [
        ("r.io/app:1.4.2", None, "1.4.2"),
        ("r.io/app:1.4.2", "1.3.0", "1.4.2"),
        (f"r.io/app:1.4.2@{DIGEST}", "1.3.0", "1.4.2"),
        ("r.io/app:abc1234", "1.3.0", "abc1234"),
        ("r.io/app:22", "22.1.0", "22"),
        ("r.io/app:latest", "1.4.2", "1.4.2"),
        ("r.io/app", "1.4.2", "1.4.2"),
        ("r.io/app:main", "1.4.2", "1.4.2"),
        ("r.io/app:pr-12", "1.4.2", "1.4.2"),
        ("r.io/app:stable-alpine", "1.4.2", "1.4.2"),
        (f"r.io/app@{DIGEST}", "1.4.2", "1.4.2"),
        (f"r.io/app@{DIGEST}", None, "0123456789ab"),
        (f"r.io/app:latest@{DIGEST}", None, "0123456789ab"),
        (f"r.io/app:latest@{DIGEST}", "latest", "0123456789ab"),
        (f"r.io/app:latest@{DIGEST}", "  ", "0123456789ab"),
        ("r.io/app:main", None, "main"),
        ("r.io/app:main", "main", "main"),
        ("r.io/app", None, "latest"),
    ],
)
def test_the_version_is_the_tag_else_the_label_else_the_digest(
    reference: str, label: str | None, version: str
) -> None:
    labels = {} if label is None else {"app.kubernetes.io/version": label}
    assert version_of(parse_image(reference), labels) == version
