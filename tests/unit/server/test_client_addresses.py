"""Client addresses, hosts and browser names from request headers."""

from ipaddress import ip_network

import pytest

from reldash.server.hosts_and_proxies import client_address, host_name
from reldash.server.user_agent import device_name

PROXIES = [ip_network("10.0.0.0/8"), ip_network("2001:db8:1::/48")]
PROXY, OTHER_PROXY, PEER = "10.0.0.1", "10.9.9.9", "203.0.113.5"
VISITOR, FORGED = "198.51.100.7", "192.0.2.66"


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        pytest.param(PEER, [], PEER, id="straight"),
        pytest.param(PEER, [FORGED], PEER, id="a header of somebody who is no proxy"),
        pytest.param(PROXY, [], PROXY, id="a proxy that says nothing"),
        pytest.param(PROXY, [VISITOR], VISITOR, id="by a proxy"),
        pytest.param(PROXY, [f"{FORGED}, {VISITOR}"], VISITOR, id="forged before the proxy"),
        pytest.param(PROXY, [FORGED, VISITOR], VISITOR, id="forged in a header of its own"),
        pytest.param(PROXY, [f"{VISITOR}, {OTHER_PROXY}"], VISITOR, id="by two proxies"),
        pytest.param(PROXY, [f"{OTHER_PROXY}"], OTHER_PROXY, id="a proxy is the visitor"),
        pytest.param(PROXY, ["not an address"], PROXY, id="no address"),
        pytest.param(PROXY, [f"{VISITOR}, "], PROXY, id="nothing after the comma"),
        pytest.param(PROXY, [f"{VISITOR}:4711"], VISITOR, id="with a port"),
        pytest.param(PROXY, ["[2001:db8::7]:4711"], "2001:db8::7", id="IPv6 with a port"),
        pytest.param("2001:db8:1::1", ["2001:DB8::7"], "2001:db8::7", id="an IPv6 proxy"),
        pytest.param("::ffff:10.0.0.1", [VISITOR], VISITOR, id="IPv4 in IPv6"),
        pytest.param("testclient", [VISITOR], "0.0.0.0", id="no peer"),  # noqa: S104
        pytest.param("fe80::1%eth0", [], "fe80::1", id="with a zone"),
    ],
)
def test_forwarded_addresses_are_trusted_from_proxies_only(
    peer: str, forwarded: list[str], address: str
) -> None:
    assert client_address(peer, forwarded, PROXIES) == address


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("localhost:8501", "localhost"),
        ("Dash.Example.com", "dash.example.com"),
        ("dash.example.com.", "dash.example.com"),
        ("[::1]:8501", "::1"),
        ("", None),
        ("a b", "a b"),
        ("localhost@evil.example", None),
        ("localhost/evil.example", None),
        ("localhost:port", None),
        ("localhost?x", None),
        ("[::1", None),
    ],
)
def test_a_host_header_is_parsed_or_refused(host: str, name: str | None) -> None:
    assert host_name(host) == name


AGENTS = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0": (
        "Firefox on Windows"
    ),
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 "
    "Safari/537.36": "Chrome on Linux",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0": "Edge on Windows",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Safari/605.1.15": "Safari on macOS",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1": "Chrome on iPhone",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Mobile Safari/537.36": "Chrome on Android",
    "curl/8.14.1": "curl",
    "": "unknown browser",
    "Mozilla/5.0": "unknown browser",
    "<b>\u202e": "unknown browser",
}


@pytest.mark.parametrize(("agent", "name"), AGENTS.items())
def test_a_browser_has_a_short_name(agent: str, name: str) -> None:
    assert device_name(agent) == name
