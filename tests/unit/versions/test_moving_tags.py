"""Moving tags: those that are meant to be pushed again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reldash.domain.versions.moving_tags import is_moving


@pytest.mark.parametrize(
    "tag",
    [
        *(None, "", "latest", "latest-jdk21", "main", "develop", "feature-login"),
        *("feature-login-2", "pr-123", "PROJ-1234", "stable-alpine", "lts-alpine3.20"),
        # Nothing but a platform.
        *("jdk21", "bookworm", "ltsc2022"),
        # Bare majors and floating versions.
        *("22", "v3", "99", "3-alpine", "22-bookworm-slim", "1.x", "1.4.x-alpine", "1.4-latest"),
        # Builds of every night or commit under one name.
        *("1.5.0-SNAPSHOT", "1.5.0-dev", "1.5.0-nightly", "1.5.0-canary", "1.5.0-weekly"),
        *("1.5.0-next", "1.5.0-SNAPSHOT-alpine", "nightly", "canary", "next"),
    ],
)
def test_a_tag_meant_to_be_pushed_again_is_moving(tag: str | None) -> None:
    assert is_moving(tag)


@pytest.mark.parametrize(
    "tag",
    [
        *("1.5.0-SNAPSHOT-abc1234", "1.5.0-dev.3", "1.5.0-rc", "1.5.0-nightly.20261123"),
        *("1.5.0-canary.7", "1.5.0-next.2", "nightly-20261123", "canary-abc1234"),
        *("100", "142", "b22", "22-abc1234", "1.4", "1.4.2", "1.4.2-alpine", "1.4.2-prod"),
        *("2026.11.23", "20261123", "abc1234", "main-abc1234", "main-142-abc1234"),
        *("pr-12-abc1234", "build-12-3"),
    ],
)
def test_a_tag_that_names_one_build_is_not(tag: str) -> None:
    assert not is_moving(tag)


@settings(deadline=None)
@given(st.text(max_size=300) | st.from_regex(r"[a-z0-9A-Z._+-]{0,300}", fullmatch=True))
def test_no_text_raises(text: str) -> None:
    assert is_moving(text) in (True, False)
