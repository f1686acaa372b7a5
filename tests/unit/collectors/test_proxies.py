"""The proxy that the environment names for a server, by the rules of client-go."""

import pytest

from reldash.collectors.http.errors import ReadError
from reldash.collectors.http.proxies import environment_proxy, parse_proxy


@pytest.mark.parametrize(
    ("no_proxy", "direct"),
    [
        ("", False),
        ("*", True),
        ("kube.example.com", True),
        ("KUBE.example.com:443", True),
        ("kube.example.com:6443", False),
        ("example.com", True),
        (".example.com", True),
        ("*.example.com", True),
        (".kube.example.com", False),
        ("ample.com", False),
        ("other.test, example.com", True),
        ("10.0.0.0/8", False),
    ],
)
def test_no_proxy_names_hosts_domains_and_ports(no_proxy: str, direct: bool) -> None:
    variables = {"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": no_proxy}
    assert (environment_proxy("https://kube.example.com", variables) is None) == direct


@pytest.mark.parametrize(
    ("no_proxy", "direct"),
    [("10.0.0.0/8", True), ("10.1.2.3", True), ("10.1.2.3:6443", True), ("10.2.0.0/16", False)],
)
def test_no_proxy_names_addresses_and_networks(no_proxy: str, direct: bool) -> None:
    variables = {"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": no_proxy}
    assert (environment_proxy("https://10.1.2.3:6443", variables) is None) == direct


@pytest.mark.parametrize("url", ["https://127.0.0.1:1", "https://localhost", "https://[::1]:1"])
def test_this_machine_needs_no_proxy(url: str) -> None:
    assert environment_proxy(url, {"HTTPS_PROXY": "http://proxy:3128"}) is None


def test_the_variable_goes_by_the_servers_scheme() -> None:
    variables = {"HTTPS_PROXY": "https://one", "HTTP_PROXY": "two:80"}
    found = [environment_proxy(f"{scheme}://kube", variables) for scheme in ("https", "http")]
    assert [each.url for each in found if each] == ["https://one", "http://two:80"]


def test_a_password_is_decoded_and_kept_out_of_the_address_and_of_the_text() -> None:
    proxy = parse_proxy("http://us%65r:p%40ss@[::1]:3128/x", "proxy-url")
    assert proxy.url == "http://[::1]:3128"
    assert proxy.headers == {"Proxy-Authorization": "Basic dXNlcjpwQHNz"}
    assert set(proxy.secrets) == {"dXNlcjpwQHNz", "p@ss", "p%40ss"}
    assert "p@ss" not in repr(proxy)


@pytest.mark.parametrize("text", ["http://h:x1s3cret", "http://s3cret@", "//s3cret", "s3cret"])
def test_what_is_no_proxy_is_refused_without_quoting_it(text: str) -> None:
    with pytest.raises(ReadError) as raised:
        parse_proxy(text, "proxy-url")
    assert "s3cret" not in f"{raised.value} {raised.value.message} {raised.value.remedy}"
