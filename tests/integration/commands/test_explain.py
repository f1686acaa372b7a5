"""`reldash explain`: how tags are read and compared."""

import pytest
from click.testing import CliRunner, Result

from reldash.commands.explain import explain


def run(*arguments: str, pairs: str | None = None) -> Result:
    return CliRunner().invoke(explain, list(arguments), input=pairs)


def test_a_tag_is_explained_part_by_part() -> None:
    ran = run("v1.5.0-rc.2-alpine3.20")
    assert ran.exit_code == 0
    assert ran.stdout == (
        "v1.5.0-rc.2-alpine3.20: a version number; base 1.5; then: rc (before the release) 2;"
        " variant, not ordered: alpine3.20\n"
    )


def test_each_tag_is_compared_with_the_next() -> None:
    ran = run("1.5.0-rc.2", "1.5.0", "main-abc1234")
    assert ran.stdout.splitlines()[3:] == [
        "1.5.0-rc.2 is older than 1.5.0: rc < the base",
        "1.5.0 is not comparable with main-abc1234: commits have no order",
    ]


def test_pairs_are_read_from_standard_input() -> None:
    ran = run("--pairs", "-", pairs="1.4.2\t1.4.10\n1.4.2\tv1.4.2\nlatest\t1.4.2\n")
    assert ran.stdout.splitlines() == [
        "1.4.2\t1.4.10\tolder\tsemver",
        "1.4.2\tv1.4.2\tsame\tsemver",
        "latest\t1.4.2\tincomparable\t",
    ]


@pytest.mark.parametrize("line", ["1.4.2", "1.4.2\t1.4.3\t1.4.4", f"1.4.2\t{'x' * 600}"])
def test_a_line_that_is_no_pair_is_refused_with_its_number(line: str) -> None:
    ran = run("--pairs", "-", pairs=f"1.4.2\t1.4.3\n{line}\n")
    assert ran.exit_code == 2
    assert "line 2 of the pairs: expected two tags" in ran.stderr


@pytest.mark.parametrize("arguments", [[], ["1.4.2", "--pairs", "-"]])
def test_tags_or_pairs_are_expected(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2
