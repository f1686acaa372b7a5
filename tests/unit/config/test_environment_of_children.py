"""The environment that a child process is given."""

import pytest

from reldash.config.environment import drop_variables, environment_with


@pytest.fixture(autouse=True)
def _set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DEMO_PROFILE", "DEMO_KEY", "DEMOLISHED"):
        monkeypatch.setenv(name, "real")


def of_the_demo(changes: dict[str, str]) -> dict[str, str]:
    return {name: v for name, v in environment_with(changes).items() if name.startswith("DEMO")}


def test_it_is_the_parents_but_for_what_is_changed() -> None:
    given = of_the_demo({"DEMO_KEY": "another"})
    assert given == {"DEMO_PROFILE": "real", "DEMO_KEY": "another", "DEMOLISHED": "real"}


def test_a_family_of_variables_can_be_dropped_first() -> None:
    drop_variables("DEMO_")
    assert of_the_demo({}) == {"DEMOLISHED": "real"}
