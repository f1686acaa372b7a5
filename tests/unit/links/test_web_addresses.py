"""Every link stays a web address on the host of its template, whatever clusters contain."""

import re
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reldash.domain.links.web_addresses import (
    LONGEST,
    PLACEHOLDERS,
    check_template,
    fill,
    source_address,
)
from reldash.domain.links.web_addresses import web_address as address_of

PATH = "https://argocd.example.com/applications/{application_namespace}/{application}"
QUERY = "https://logs.example.com/?ns={namespace}&pod={workload}#{container}"
REPOSITORY = "https://git.example.com/{repository}/commit/{commit}"

HOSTILE = [
    "javascript:alert(1)",
    "//evil.example",
    "https://evil.example",
    "\\\\evil.example",
    "a/../../admin",
    "a?b=c#d",
    "a&b=c",
    'a" onclick="alert(1)',
    "<script>",
    "a b\r\nSet-Cookie: c",
    "%2e%2e",
    "{cluster}",
    "é\u202e😀",
]


@given(st.text(min_size=1), st.text(min_size=1))
def test_no_value_leaves_the_host_or_the_step_of_its_template(space: str, name: str) -> None:
    address = fill(PATH, {"application_namespace": space, "application": name})
    if {space, name} & {".", ".."}:
        assert address is None
    elif address is not None:
        parts = urlsplit(address)
        assert (parts.scheme, parts.netloc) == ("https", "argocd.example.com")
        assert (parts.query, parts.fragment) == ("", "")
        assert len(parts.path.split("/")) == 4
        assert re.fullmatch(r"[A-Za-z0-9._~:/%-]+", address)


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_can_be_decoded_from_the_link(value: str) -> None:
    path = fill(PATH, {"application_namespace": "argocd", "application": value})
    assert path is not None
    assert unquote(urlsplit(path).path.rpartition("/")[2]) == value
    query = fill(QUERY, {"namespace": "shop", "workload": value, "container": value})
    assert query is not None
    assert parse_qs(urlsplit(query).query) == {"ns": ["shop"], "pod": [value]}
    assert unquote(urlsplit(query).fragment) == value


def test_a_repository_keeps_its_slashes() -> None:
    values = {"repository": "team/shop api", "commit": "4be1c09"}
    assert fill(REPOSITORY, values) == "https://git.example.com/team/shop%20api/commit/4be1c09"


@pytest.mark.parametrize("steps", [".", "..", "a/..", "../b", "a/./b"])
def test_no_value_climbs_out_of_a_path(steps: str) -> None:
    assert fill(REPOSITORY, {"repository": steps, "commit": "4be1c09"}) is None


@pytest.mark.parametrize("values", [{}, {"commit": "4be1c09"}, {"repository": "", "commit": "4"}])
def test_a_link_without_one_of_its_values_is_none(values: dict[str, str]) -> None:
    assert fill(REPOSITORY, values) is None


def test_a_template_that_is_not_set_is_no_link() -> None:
    assert fill("", {"commit": "4be1c09"}) is None


def test_an_address_too_long_for_browsers_is_no_link() -> None:
    assert fill(REPOSITORY, {"repository": "a", "commit": "b" * LONGEST}) is None


@pytest.mark.parametrize("template", [PATH, QUERY, REPOSITORY, "https://a.b:8443", "https://a/#/x"])
def test_sound_templates_are_taken_as_they_are(template: str) -> None:
    assert check_template(template) == template


def test_every_placeholder_may_stand_in_a_template() -> None:
    assert check_template("https://a.b/" + "/".join(f"{{{name}}}" for name in PLACEHOLDERS))


@pytest.mark.parametrize(
    "template",
    [
        "javascript:alert(1)",
        "data:text/html,{commit}",
        "http://git.example.com/{commit}",
        "HTTPS://git.example.com/{commit}",
        "//git.example.com/{commit}",
        "/{commit}",
        "https:git.example.com/{commit}",
        "https:///{commit}",
        "https://{cluster}/",
        "https://git{cluster}/",
        "https://git.example.com{commit}",
        "https://git.example.com:{commit}/",
        "https://git.example.com:0/",
        "https://git.example.com:x/",
        "https://me@git.example.com/",
        "https://git.example.com@evil.example/",
        "https://git.example.com\\@evil.example/",
        "https://git.example.com/ {commit}",
        "https://git.example.com/\n",
        "https://git.example.com/../{commit}",
        "https://git.example.com/%2E%2e/{commit}",
        "https://git.example.com/{commit",
        "https://git.example.com/{}",
        "https://git.example.com/{Commit}",
        "https://git.example.com/{commit:>9}",
        "https://git.example.com/{commit.__class__}",
        "https://gït.example.com/",
    ],
)
def test_a_template_that_could_lead_elsewhere_is_refused(template: str) -> None:
    with pytest.raises(ValueError, match=r"https://HOST|placeholders"):
        check_template(template)


@given(st.text())
def test_a_web_address_is_of_the_web_or_none(text: str) -> None:
    address = address_of(text)
    assert address is None or re.match(r"https?://[A-Za-z0-9]", address)


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "JavaScript://git.example.com/%0aalert(1)",
        "\tjavascript:alert(1)",
        "vbscript:x",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://git.example.com/a",
        "https://me:s3cret@git.example.com/a",
        "https://git.example.com\\@evil.example/",
        "https://git.example.com/a b",
        "https://git.example.com/<b>",
        'https://git.example.com/"x',
        "https://",
        "https://:443/",
        "https://[::1/",
        "https://git.example.com:99999999/",
        "https://git.example.com/a/../b",
        "git.example.com/a",
        "",
    ],
)
def test_other_addresses_are_no_links(text: str) -> None:
    assert address_of(text) is None
    assert source_address(text) is None


@pytest.mark.parametrize(
    ("written", "page"),
    [
        ("https://github.com/acme/shop", "https://github.com/acme/shop"),
        ("https://github.com/acme/shop.git", "https://github.com/acme/shop"),
        ("https://github.com/acme/shop/", "https://github.com/acme/shop"),
        ("http://git.intern:3000/acme/shop", "http://git.intern:3000/acme/shop"),
        ("git+https://github.com/acme/shop.git", "https://github.com/acme/shop"),
        ("git@github.com:acme/shop.git", "https://github.com/acme/shop"),
        ("ssh://git@github.com/acme/shop.git", "https://github.com/acme/shop"),
        ("git@github.com:javascript:alert(1)", "https://github.com/javascript:alert(1)"),
        ("git@github.com:../x", None),
    ],
)
def test_the_page_of_a_source_is_found_from_its_address(written: str, page: str | None) -> None:
    assert source_address(written) == page
