"""GET requests to one API server: bounded in time and size, retried where that helps."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlencode

import urllib3
from urllib3.response import BaseHTTPResponse

from reldash.collectors.http.connection_errors import connection_error, proxy_refusal
from reldash.collectors.http.errors import InvalidResponseError, OutOfTimeError, ReadError
from reldash.collectors.http.proxies import Proxy
from reldash.collectors.http.responses import decoded_body, error_of_response, retry_after
from reldash.collectors.http.text import display_url
from reldash.collectors.http.watchdog import Watchdog

TRIES: Final = 4
FIRST_WAIT: Final = 0.25  # seconds before the second try; doubled each time, give or take half
RETRIED: Final = frozenset({429, 500, 502, 503, 504})
MAX_BODY: Final = 256 * 2**20  # bytes, decompressed: 500 objects of the largest kind that is read
CHUNK: Final = 2**20
HEADERS: Final = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip",
    "User-Agent": "reldash",
}


@dataclass(frozen=True, slots=True)
class RequestCredentials:
    """The credentials of a request.

    Attributes:
        headers: sent with it.
        secrets: masked in every message, whatever the server answers.
    """

    headers: Mapping[str, str] = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)


class Transport:
    """Sends GET requests to one server, for one read.

    Every request ends by `deadline`, even if the server keeps sending a byte now and then: a
    watchdog closes the sockets. Redirects are not followed, so that credentials go to this server
    alone.
    """

    def __init__(
        self,
        pool: urllib3.PoolManager,
        url: str,
        sign_in: Callable[[float], RequestCredentials],
        *,
        silence: float,
        deadline: float,
        proxy: Proxy | None = None,
    ) -> None:
        """Make a transport.

        Args:
            pool: with TLS set up by the official client.
            url: of the server, without a slash at its end.
            sign_in: called before every request with a deadline of `time.monotonic()`, since a
                read may outlast a token.
            silence: seconds that connecting, or a pause in a response, may last.
            deadline: of `time.monotonic()`.
            proxy: that the pool sends requests through, for messages.
        """
        self._proxy = proxy
        self.requests = 0
        self.url = display_url(url)
        self._pool, self._base, self._silence, self._deadline = pool, url, silence, deadline
        self._sign_in = sign_in
        self._secrets: tuple[str, ...] = ()  # of the last request
        self._watchdog = Watchdog(pool, deadline)

    def close(self) -> None:
        """Close all connections."""
        self._watchdog.stop()
        self._pool.clear()

    def get(self, path: str, query: Mapping[str, str] | None = None) -> bytes:
        """The decompressed body of a response with status 200.

        Raises:
            ReadError: one of its subclasses where the kind of failure is known.
        """
        target = quote(path, safe="/") + (f"?{urlencode(query)}" if query else "")
        for attempt in range(1, TRIES + 1):
            status, headers, body, fault = self._try(target)
            if status == 200:
                return body
            if attempt == TRIES or (fault is None and status not in RETRIED):
                break
            wait = retry_after(headers)
            if wait is None:
                wait = FIRST_WAIT * 2 ** (attempt - 1) * random.uniform(0.5, 1.5)  # noqa: S311 - spreads retries, guards nothing
            if wait > min(self._silence, self._remaining()):
                break
            time.sleep(wait)
        if status == 407 and self._proxy is not None:
            raise proxy_refusal(status, self.url, self._proxy)
        raise fault or error_of_response(status, path, body, self.url, self._secrets)

    def _try(self, target: str) -> tuple[int, Mapping[str, str], bytes, ReadError | None]:
        """One attempt: status, headers and body; status 0 and an error where a connection broke.

        Raises:
            ReadError: a failure that a retry would not fix.
        """
        self.requests += 1
        try:
            with self._answer(target) as answer:
                encoding = answer.headers.get("Content-Encoding", "")
                chunks = answer.stream(CHUNK, decode_content=False)
                body = decoded_body(chunks, encoding, MAX_BODY)
                if self._remaining() <= 0:
                    # Headers cut off by the watchdog look complete.
                    raise self._out_of_time()
                if answer.status == 200 and not _is_json(answer):
                    raise InvalidResponseError(
                        "Not a Kubernetes API server",
                        f"{self.url} answered with "
                        f"{answer.headers.get('Content-Type') or 'no content type'}, not JSON",
                        "check the URL; a proxy or a sign-in page may stand before the server",
                    )
                return answer.status, answer.headers, body, None
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            if self._remaining() <= 0:
                raise self._out_of_time() from error
            fault, may_retry = connection_error(error, self.url, self._silence, self._proxy)
            if not may_retry:
                raise fault from error
            fault.__cause__ = error
            return 0, {}, b"", fault

    @contextmanager
    def _answer(self, target: str) -> Iterator[BaseHTTPResponse]:
        remaining = self._remaining()
        if remaining <= 0:
            raise self._out_of_time()
        limit = min(self._silence, remaining)
        signed = self._sign_in(time.monotonic() + limit)
        self._secrets = signed.secrets
        answer = self._pool.request(
            "GET",
            self._base + target,
            headers=_headers(signed.headers),
            timeout=urllib3.Timeout(connect=limit, read=limit),
            retries=False,
            redirect=False,
            preload_content=False,
            decode_content=False,
        )
        whole = False
        try:
            yield answer
            whole = True
        finally:
            # A connection whose answer was not read to its end cannot carry another request.
            if whole:
                answer.release_conn()
            else:
                answer.close()

    def _remaining(self) -> float:
        return self._deadline - time.monotonic()

    def _out_of_time(self) -> OutOfTimeError:
        return OutOfTimeError(
            "Out of time",
            f"{self.url} had not answered everything when the time limit of the read was over",
            "look at the server's load, or raise collect.timeout in the fleet file",
        )


def _headers(more: Mapping[str, str]) -> urllib3.HTTPHeaderDict:
    """The headers of a request; an HTTPHeaderDict may bring a name several times."""
    headers = urllib3.HTTPHeaderDict(HEADERS)
    headers.extend(more)
    return headers


def _is_json(answer: BaseHTTPResponse) -> bool:
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return kind == "application/json"
