"""Validate and normalize input: names, email addresses, client IP addresses."""

import unicodedata
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

import idna

from reldash.auth.outcomes import AccountError

NAME_LENGTH = 80
EMAIL_LENGTH = 254  # RFC 5321, 4.5.3.1.3, without the brackets
_LOCAL_LENGTH = 64  # RFC 5321, 4.5.3.1.1
_DEVICE_LENGTH = 200
# RFC 5322, 3.2.3 `atext`. No quoted local parts, no SMTPUTF8: look-alikes live there.
_ATEXT = frozenset("abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~")
_JOINERS = "\u200c\u200d"  # zero-width joiners, needed in Persian and Indic words
_HARMFUL = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


@dataclass(frozen=True, slots=True)
class Email:
    """An email address.

    Attributes:
        key: for comparison: lower case, domain in ASCII.
        shown: as typed, but with the domain in ASCII, which exposes look-alikes.
    """

    key: str
    shown: str

    @property
    def domain(self) -> str:
        """The part after the @, lower case, in ASCII."""
        return self.key.rpartition("@")[2]


def parse_email(text: str) -> Email:
    """Parse a typed email address.

    The part before the @ must be ASCII. An international domain becomes its ASCII form
    (`xn--...`), so that addresses that look the same are not confused.

    Raises:
        AccountError: not an address that we send email to.
    """
    if len(text) > 4 * EMAIL_LENGTH:
        raise _no_email("it is too long")
    text = text.strip()
    if any(is_invisible(each) for each in text):
        raise _no_email("it contains invisible characters")
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain:
        raise _no_email("expected NAME@DOMAIN")
    lowered = local.lower() if local.isascii() else ""
    if not lowered or not _ATEXT.issuperset(lowered.replace(".", "")):
        raise _no_email("expected plain letters, digits and . _ + - before the @")
    if len(local) > _LOCAL_LENGTH or "" in local.split("."):
        raise _no_email("the part before the @ is not well formed")
    try:
        ascii_domain = idna.encode(domain, uts46=True, std3_rules=True).decode().lower()
    except (idna.IDNAError, UnicodeError):
        raise _no_email("the part after the @ is no domain") from None
    if "." not in ascii_domain or not ascii_domain.rpartition(".")[2].strip("0123456789"):
        raise _no_email("the part after the @ is no domain")
    key = f"{lowered}@{ascii_domain}"
    if len(key) > EMAIL_LENGTH:
        raise _no_email("it is too long")
    return Email(key, f"{local}@{ascii_domain}")


def parse_name(text: str, what: str = "name") -> str:
    """Normalize a line of text for display: composed (NFC), spaces trimmed and collapsed.

    Raises:
        AccountError: it is empty, too long, or has invisible characters (controls, direction
            marks), which could disguise it as something else.
    """
    if len(text) > 4 * NAME_LENGTH:
        raise AccountError(f"{what.capitalize()} too long", f"at most {NAME_LENGTH} characters")
    name = " ".join(unicodedata.normalize("NFC", text).split(" ")).strip()
    if not name:
        raise AccountError(f"{what.capitalize()} missing", f"type a {what}")
    if len(name) > NAME_LENGTH:
        raise AccountError(f"{what.capitalize()} too long", f"at most {NAME_LENGTH} characters")
    if any(is_invisible(character) for character in name):
        raise AccountError(
            f"{what.capitalize()} not usable",
            "it contains invisible characters, such as control characters or direction marks",
        )
    return name


def clean_device(text: str) -> str:
    """Shorten a browser's description and replace invisible characters; never refuses."""
    cut = text[:_DEVICE_LENGTH]
    return "".join(" " if is_invisible(each) else each for each in cut).strip()


def clean_address(text: str) -> str:
    """Normalize a client's IP address for limits and the audit log; "" if it is not one."""
    try:
        address = ip_address(text.strip()[:64])
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address).partition("%")[0]


def client_network(address: str) -> str:
    """Return what counts as one client: an IPv4 address or an IPv6 /64; "" if it is neither."""
    cleaned = clean_address(address)
    if ":" not in cleaned:
        return cleaned
    return str(ip_network(f"{cleaned}/64", strict=False))


def is_invisible(character: str) -> bool:
    """Whether a character is invisible or changes how its neighbours are displayed."""
    return unicodedata.category(character) in _HARMFUL and character not in _JOINERS


def _no_email(why: str) -> AccountError:
    return AccountError("Not an email address", why)
