"""Text from servers, made safe to show: one line, printable, without secrets."""

from urllib.parse import urlsplit

MAX_LINE = 300


def one_line(text: str, secrets: tuple[str, ...] = ()) -> str:
    """`text` as one printable line of at most 300 characters, with `secrets` masked.

    Control characters and runs of white space become one space: a server controls the message,
    and a terminal or a log must not interpret it.
    """
    for secret in secrets:
        text = text.replace(secret, "***")
    printable = "".join(char if char.isprintable() else " " for char in text[: 10 * MAX_LINE])
    line = " ".join(printable.split())
    return line if len(line) <= MAX_LINE else line[: MAX_LINE - 1] + "…"


def display_url(url: str) -> str:
    """The URL without user, password, query and fragment, which may hold secrets."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        host = f"[{host}]" if ":" in host else host
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "(unusable URL)"
    return one_line(f"{parts.scheme}://{host}{port}{parts.path.rstrip('/')}")
