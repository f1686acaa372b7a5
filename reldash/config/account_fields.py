"""Pydantic validators for the settings of accounts.

Each takes the variable's text and raises ValueError with what is expected. Values that already
have the right type, as passed by code, are returned unchanged.
"""

import base64
import binascii
import re
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network

from pydantic import SecretStr

from reldash.config.addresses import server_address
from reldash.config.field_types import duration
from reldash.config.mail_server import DOMAIN, mail_address, parse_mail_server

Network = IPv4Network | IPv6Network

LEAST_KEY_BYTES = 32
LEAST_DIFFERENT_BYTES = 16  # 32 random bytes have fewer once in 10^13 keys
KEY = f"{LEAST_KEY_BYTES} random bytes or more in base64 or hex (`openssl rand -base64 32`)"
ACCOUNT = "EMAIL:PASSWORD"


@dataclass(frozen=True, slots=True)
class OfferedAccount:
    """The demo's account, which the sign-in page offers to everybody."""

    email: str
    password: str = field(repr=False)


def decode_key(text: str) -> bytes:
    """The bytes of a key in hex or (URL-safe) base64 (ValueError: with what is expected)."""
    try:
        if re.fullmatch(r"(?:[0-9A-Fa-f]{2})+", text):
            key = bytes.fromhex(text)
        else:
            standard = text.rstrip("=").replace("-", "+").replace("_", "/")
            key = base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except (binascii.Error, ValueError) as error:  # ValueError: not ASCII
        raise ValueError(KEY) from error
    if len(key) < LEAST_KEY_BYTES:
        raise ValueError(KEY)
    different = len(set(key))
    if different < LEAST_DIFFERENT_BYTES:
        raise ValueError(
            f"{KEY}; its {len(key)} bytes are too alike to be random: only {different} different"
            f" value{'' if different == 1 else 's'}"
        )
    return key


def secret_key(value: SecretStr) -> SecretStr:
    """A key that `decode_key` accepts."""
    decode_key(value.get_secret_value())
    return value


def smtp_url(value: SecretStr) -> SecretStr:
    """A URL that `parse_mail_server` accepts."""
    parse_mail_server(value.get_secret_value())
    return value


def words(value: object) -> object:
    """A list separated by commas or spaces."""
    return tuple(re.split(r"[,\s]+", value.strip(", \t\n"))) if isinstance(value, str) else value


def domains(value: tuple[str, ...]) -> tuple[str, ...]:
    """Email domains in lower case; internationalised ones in xn-- form."""
    lower = tuple(each.lower() for each in value)
    if not all(DOMAIN.fullmatch(each) for each in lower):
        raise ValueError("email domains such as example.com, separated by commas")
    return lower


def networks(value: object) -> object:
    """Networks or addresses of trusted proxies; never all addresses."""
    if not isinstance(value, str):
        return value
    expected = "networks such as 10.0.0.0/8 or 192.0.2.7, separated by commas"
    try:
        found = tuple(ip_network(each) for each in re.split(r"[,\s]+", value.strip(", \t\n")))
    except ValueError as error:
        raise ValueError(expected) from error
    if any(each.prefixlen == 0 for each in found):
        raise ValueError(f"{expected}, but not all addresses")
    return found


def lasting(value: object) -> object:
    """A duration such as 12h or 7d."""
    return value if isinstance(value, timedelta) else duration(value)


def on_off(value: object) -> object:
    """`on` or `off`."""
    if isinstance(value, str):
        if value not in ("on", "off"):
            raise ValueError("on or off")
        return value == "on"
    return value


def issuer(text: str) -> str:
    """The address of an OpenID Connect provider; plain http for this machine only."""
    try:
        return server_address(text)
    except ValueError as error:
        raise ValueError("https://HOST[:PORT][/PATH] of an OpenID Connect provider") from error


def offered_account(value: object) -> object:
    """`EMAIL:PASSWORD`."""
    if not isinstance(value, str):
        return value
    email, _, password = value.partition(":")
    if not password:
        raise ValueError(ACCOUNT)
    try:
        return OfferedAccount(mail_address(email), password)
    except ValueError as error:
        raise ValueError(ACCOUNT) from error
