"""Requests to addresses that users chose: never into the network the site itself stands in.

The name is looked up once, every address it has is judged, and the connection goes to a judged one, so that a name
server cannot answer otherwise the second time (https://owasp.org/www-community/attacks/Server_Side_Request_Forgery).
"""

from __future__ import annotations

import dataclasses
import functools
import ipaddress
import queue
import socket
import ssl
import threading
import time
from typing import Any

import httpx
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from community.core.errors import Unavailable

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

SCHEMES = ("http", "https")
SECONDS, CONNECT_SECONDS = 10.0, 3.0
REDIRECTS = 3
ADDRESSES_TRIED = 3
PORT_MAX = 65535
AGENT = "SparkleUniverse"
_REDIRECTING = frozenset({301, 302, 303, 307, 308})
#: Addresses of IPv6 that anybody may have, and what is carved out of them: tunnels and examples.
_WORLDWIDE = ipaddress.IPv6Network("2000::/3")
_CARVED_OUT = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
#: Addresses of IPv4 for protocols, which Python 3.11 takes for anybody's.
_OF_PROTOCOLS = tuple(map(ipaddress.IPv4Network, ("192.0.0.0/24", "192.88.99.0/24")))
#: Addresses of IPv4 as a network without IPv4 writes them; the last 32 bits are the address.
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


class NotFetched(Unavailable):
    """Nothing usable came; the children say why, and `reason` says it in a few words for the log."""

    message = _("The other site did not answer.")

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


class Unreachable(NotFetched):
    """The name is unknown, nobody listens, the certificate is wrong, or what came was no HTTP."""


class TooSlow(NotFetched):
    """The time was over."""


class TooLarge(NotFetched):
    """The answer is larger than was asked for."""


class TooManyRedirects(NotFetched):
    """One was sent on too often."""


class Forbidden(NotFetched):
    """The address is none this site asks: another scheme, a password in it, or a private network."""

    code = "VALIDATION_ERROR"
    status = 400
    message = _("This site does not ask that address.")


@dataclasses.dataclass(frozen=True)
class Answer:
    """What came: status, MIME type without parameters in lower case, content, and the address it came from."""

    status: int
    mime: str
    content: bytes
    url: str


def fetch(
    url: str, *, most_bytes: int, seconds: float = SECONDS, connect_seconds: float = CONNECT_SECONDS,
    redirects: int = REDIRECTS, accept: str = "*/*",
) -> Answer:  # fmt: skip
    """Asks `url` and whatever it redirects to, in `seconds` altogether; any status is an answer.

    Raises Forbidden, Unreachable, TooSlow, TooLarge or TooManyRedirects. Takes no proxy from the environment.
    """
    deadline = time.monotonic() + seconds
    target = _parsed(url)
    for _hop in range(redirects + 1):
        found = _ask(target, deadline, connect_seconds, most_bytes, accept)
        if isinstance(found, Answer):
            return found
        target = found
    raise TooManyRedirects(f"more than {redirects} redirects")


def is_public(address: IPAddress) -> bool:
    """May this site connect there? Nothing private, local, reserved, or of many receivers."""
    if isinstance(address, ipaddress.IPv4Address):
        of_protocols = any(address in each for each in _OF_PROTOCOLS)
        return address.is_global and not address.is_multicast and not of_protocols
    if address in _TRANSLATED:
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return address in _WORLDWIDE and address.is_global and not any(address in each for each in _CARVED_OUT)


def _parsed(text: str | httpx.URL) -> httpx.URL:
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, TypeError, ValueError) as error:
        raise Forbidden("no address") from error
    if url.scheme not in SCHEMES or not url.host or (url.port or 0) > PORT_MAX:
        raise Forbidden("another scheme, or no host")
    if url.userinfo:
        raise Forbidden("a name or password in the address")
    return url


def _ask(url: httpx.URL, deadline: float, connect_seconds: float, most_bytes: int, accept: str) -> Answer | httpx.URL:
    """The answer of one address, or where it sends one on."""
    addresses = _judged_addresses(url, deadline)
    for number, address in enumerate(addresses, start=1):
        try:
            with _Hop(url, address, deadline, connect_seconds) as hop:
                return hop.ask(most_bytes, accept)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            _left(deadline)
            if number == len(addresses):
                raise Unreachable(type(error).__name__) from error
        except httpx.TimeoutException as error:
            raise TooSlow(type(error).__name__) from error
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            _left(deadline)
            raise Unreachable(type(error).__name__) from error
    raise Unreachable("no address")


class _Hop:
    """One request to one judged address. At the deadline its connection is cut, whatever it is doing."""

    def __init__(self, url: httpx.URL, address: str, deadline: float, connect_seconds: float) -> None:
        self.url, self.address, self.deadline = url, address, deadline
        left = _left(deadline)
        timeout = httpx.Timeout(left, connect=min(connect_seconds, left))
        self.client = httpx.Client(verify=_tls(), trust_env=False, timeout=timeout, follow_redirects=False)
        self.socket: socket.socket | None = None
        self.timer = threading.Timer(left, self.cut)
        self.timer.daemon = True

    def __enter__(self) -> _Hop:
        self.timer.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.timer.cancel()
        self.client.close()

    def cut(self) -> None:
        """Ends the connection under whoever is reading from it."""
        if self.socket is not None:
            try:
                self.socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it has ended by itself

    def watch(self, event: str, info: dict[str, Any]) -> None:
        """Remembers the connection: httpx tells of it by this callback only."""
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self.socket = info["return_value"].get_extra_info("socket")

    def ask(self, most_bytes: int, accept: str) -> Answer | httpx.URL:
        """The answer, or where it sends one on. The name stays in Host and in the certificate's check."""
        headers = {
            "Host": self.url.netloc.decode("ascii"),
            "User-Agent": f"{AGENT} (+{settings.PUBLIC_URL})",
            "Accept": accept,
            # A packed answer could become a thousand times as large.
            "Accept-Encoding": "identity",
        }
        extensions = {"trace": self.watch, "sni_hostname": self.url.raw_host.decode("ascii")}
        pinned = self.url.copy_with(host=self.address, fragment=None)
        with self.client.stream("GET", pinned, headers=headers, extensions=extensions) as response:
            location = response.headers.get("location")
            if response.status_code in _REDIRECTING and location:
                return _parsed(self.url.join(location))
            if response.headers.get("content-encoding", "identity").lower() != "identity":
                raise Unreachable("a packed answer")
            return Answer(
                status=response.status_code,
                mime=response.headers.get("content-type", "").partition(";")[0].strip().lower(),
                content=self.read(response, most_bytes),
                url=str(self.url),
            )

    def read(self, response: httpx.Response, most_bytes: int) -> bytes:
        """The content, as long as there is room and time."""
        length = response.headers.get("content-length", "")
        if length.isdecimal() and int(length) > most_bytes:
            raise TooLarge(f"{length} bytes")
        content = bytearray()
        for part in response.iter_raw():
            content += part
            if len(content) > most_bytes:
                raise TooLarge(f"more than {most_bytes} bytes")
        _left(self.deadline)
        return bytes(content)


def _left(deadline: float) -> float:
    """Seconds until the deadline; raises TooSlow when it is past."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TooSlow("the time is over")
    return left


@functools.cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


def _judged_addresses(url: httpx.URL, deadline: float) -> list[str]:
    """A few addresses to connect to. Raises Forbidden when one of them is not public: the name is not to be trusted."""
    port = url.port or (443 if url.scheme == "https" else 80)
    found = _looked_up(url.raw_host.decode("ascii"), port, _left(deadline))
    if f"{url.host}:{port}" not in getattr(settings, "OUTBOUND_TEST_HOSTS", ()):
        for address in found:
            if "%" in address or not is_public(ipaddress.ip_address(address)):
                raise Forbidden("a private network")
    return found[:ADDRESSES_TRIED]


def _looked_up(host: str, port: int, seconds: float) -> list[str]:
    """All addresses of a name, in the order the system would try them; numbers in any spelling are read as it does."""
    box: queue.SimpleQueue[list[Any] | Exception] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            box.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, ValueError) as error:
            box.put(error)

    # The system's resolver knows no time limit.
    threading.Thread(target=look_up, daemon=True).start()
    try:
        found = box.get(timeout=seconds)
    except queue.Empty as error:
        raise TooSlow("the name was not found in time") from error
    if isinstance(found, Exception):
        raise Unreachable("the name is unknown") from found
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
