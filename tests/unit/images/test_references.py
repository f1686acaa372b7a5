"""References are read as distribution/reference reads them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reldash.domain.images.references import Image, ImageError, parse_image, same_repository

HEX = "86e0e091d0da6bde2456dbb48306f3956bbeb2eae1b5b9a43045843f69fe4aaa"
DIGEST = f"sha256:{HEX}"


@pytest.mark.parametrize(
    ("reference", "registry", "repository", "tag", "digest"),
    [
        ("redis", "docker.io", "library/redis", None, None),
        ("redis:7", "docker.io", "library/redis", "7", None),
        ("docker.io/redis", "docker.io", "library/redis", None, None),
        ("index.docker.io/redis:7", "docker.io", "library/redis", "7", None),
        ("bitnami/redis", "docker.io", "bitnami/redis", None, None),
        ("library/a/b", "docker.io", "library/a/b", None, None),
        # Without a slash there is no registry: the colon parts a tag, whatever stands before it.
        ("localhost:5000", "docker.io", "library/localhost", "5000", None),
        ("192.168.0.1:80", "docker.io", "library/192.168.0.1", "80", None),
        # With one, a dot, a colon, upper case or the word localhost makes a registry.
        ("localhost/a", "localhost", "a", None, None),
        ("localhost:5000/a/b:1.4.2", "localhost:5000", "a/b", "1.4.2", None),
        ("127.0.0.1:5000/a", "127.0.0.1:5000", "a", None, None),
        ("[fc00::1]:5000/a:1", "[fc00::1]:5000", "a", "1", None),
        ("build-host:8080/a", "build-host:8080", "a", None, None),
        ("Foo/bar", "Foo", "bar", None, None),
        ("build_host/a", "docker.io", "build_host/a", None, None),
        ("ghcr.io/team/app:v1.4.2", "ghcr.io", "team/app", "v1.4.2", None),
        (f"app@{DIGEST}", "docker.io", "library/app", None, DIGEST),
        (f"r.io:443/t/app:1@{DIGEST}", "r.io:443", "t/app", "1", DIGEST),
        ("r.io/docker---rules/dock__er", "r.io", "docker---rules/dock__er", None, None),
        # 64 hex digits alone are an image id; behind a registry they are a repository.
        (f"docker.io/{HEX}", "docker.io", f"library/{HEX}", None, None),
        (f"{HEX[:63]}", "docker.io", f"library/{HEX[:63]}", None, None),
        ("a:_x.Y-9", "docker.io", "library/a", "_x.Y-9", None),
    ],
)
def test_a_reference_is_parsed_as_kubelets_do(
    reference: str, registry: str, repository: str, tag: str | None, digest: str | None
) -> None:
    assert parse_image(reference) == Image(reference, registry, repository, tag, digest)


@pytest.mark.parametrize(
    "reference",
    [
        "",
        " redis",
        "https://github.com/docker/docker",
        "docker/Docker",
        "Redis",
        "-docker/docker",
        "docker-/docker",
        "-docker.io/docker/docker",
        "docker///docker",
        "docker/",
        "/docker",
        "dock..er/docker",
        "dock_.er/docker",
        "____/____",
        "[fc00::1]",
        "fc00::1:5000/debian",
        "[fe80::1%eth0]:5000/debian",
        HEX,
        "app:",
        "app:-x",
        "app:1+build",
        f"app:{'x' * 129}",
        "app@",
        "app@sha256:abc",
        f"app@sha256:{HEX.upper()}",
        f"app@md5:{HEX[:32]}",
        f"app@{DIGEST}@{DIGEST}",
        f"{'a' * 256}",
        "r.io/" + "a/" * 600 + "a",
        "app\n",
        "дом/app",
    ],
)
def test_references_that_kubelets_refuse_are_refused_in_one_line(reference: str) -> None:
    with pytest.raises(ImageError) as caught:
        parse_image(reference)
    assert caught.value.title == "Image not understood"
    assert "expected" in caught.value.message
    assert len(caught.value.message.splitlines()) == 1
    assert len(caught.value.message) < 400


@settings(deadline=None)
@given(st.text(max_size=300) | st.from_regex(r"[a-zA-Z0-9./:@_-]{0,80}", fullmatch=True))
def test_any_text_is_an_image_or_an_image_error(reference: str) -> None:
    try:
        image = parse_image(reference)
    except ImageError:
        return
    rebuilt = image.name
    rebuilt += f":{image.tag}" if image.tag else ""
    rebuilt += f"@{image.digest}" if image.digest else ""
    again = parse_image(rebuilt)
    assert (again.name, again.tag, again.digest) == (image.name, image.tag, image.digest)


def test_an_image_knows_its_names_and_whether_a_digest_pins_it() -> None:
    image = parse_image(f"r.io/team/app:1@{DIGEST}")
    assert (image.name, image.short_name, image.pinned) == ("r.io/team/app", "app", True)
    assert not parse_image("r.io/team/app:1").pinned


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("redis:7", "redis:8", True),
        ("r-dev.io/dev/payments:1", "r-prod.io/prod/payments:1", True),
        ("redis", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/library/redis", True),
        ("team/api", "team/worker", False),
        ("team/api", "team/api-worker", False),
    ],
)
def test_copies_of_an_image_are_known_by_the_last_segment(a: str, b: str, same: bool) -> None:
    one, other = parse_image(a), parse_image(b)
    assert same_repository(one, other) is same
    assert same_repository(one.name, other.name) is same
