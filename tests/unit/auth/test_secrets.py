"""Codes as people type them."""

import pytest

from reldash.auth.secrets import new_long_code, normalize_code


def test_a_code_comes_back_however_it_was_typed() -> None:
    code = new_long_code()
    assert normalize_code(code) == code.replace("-", "")
    assert normalize_code(f" {code.lower().replace('-', ' ')}\n") == code.replace("-", "")
    assert normalize_code("123 456") == "123456"


@pytest.mark.parametrize(
    "typed",
    ["", "12345", "1234567", "ABCD", "ABCD-EFGH-JKLM-NPQR-STUV-WXY1", "x" * 1000],
    ids=["nothing", "too few digits", "too many", "too few letters", "another letter", "long"],
)
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert normalize_code(typed) == ""
