"""A careful look at an address: whether it answers, without ever reaching into a private network.

The name is resolved once, every address that it stands for must be public, and the connection goes to exactly the
address that was checked: a name that changes its mind in between reaches nothing. Redirections are checked anew.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

TIMEOUT = 8.0
MOST_HOPS = 4
PORTS = {"http": 80, "https": 443}
AGENT = "TSC-Portal-link-check/1.0"
# The page is there, it only does not like robots or this way of asking.
ANSWERS_ALL_THE_SAME = frozenset({401, 402, 403, 405, 406, 429, 451})
ASK_WITH_GET = frozenset({400, 403, 404, 405, 406, 410, 429, 500, 501, 503})

Resolve = Callable[[str, int], list[str]]


@dataclass(frozen=True, slots=True)
class Look:
    """What was found: whether it works, the status of HTTP where there was one, and a word for what went wrong."""

    works: bool
    status: int | None = None
    detail: str = ""


class Refused(Exception):
    """An address that is not looked at; the text is a word for the trail."""


def resolve(host: str, port: int) -> list[str]:
    """The addresses that a name stands for."""
    return sorted({str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)})


def is_public(address: str) -> bool:
    """Whether an address belongs to the public internet: nothing private, local, reserved or of many."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return ip.is_global and not ip.is_multicast


def look(
    url: str,
    *,
    find: Resolve = resolve,
    allowed: Callable[[str], bool] = is_public,
    ports: frozenset[int] = frozenset(PORTS.values()),
) -> Look:
    """Whether an address answers: HEAD first, GET where HEAD is not understood, following a few redirections."""
    try:
        return _follow(url, find, allowed, ports)
    except Refused as refused:
        return Look(False, None, str(refused))
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Look(False, None, type(error).__name__)


def _follow(url: str, find: Resolve, allowed: Callable[[str], bool], ports: frozenset[int]) -> Look:
    for _hop in range(MOST_HOPS + 1):
        status, onward = _ask(url, "HEAD", find, allowed, ports)
        if status in ASK_WITH_GET:
            status, onward = _ask(url, "GET", find, allowed, ports)
        if not onward:
            works = status < 400 or status in ANSWERS_ALL_THE_SAME
            return Look(works, status)
        url = urljoin(url, onward)
    return Look(False, None, "too many redirections")


def _ask(
    url: str, method: str, find: Resolve, allowed: Callable[[str], bool], ports: frozenset[int]
) -> tuple[int, str]:
    """The status, and where a redirection leads; the body is never read."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname or parts.username or parts.password:
        raise Refused("not an address of the web")
    port = parts.port or PORTS[parts.scheme]
    if port not in ports:
        raise Refused("unusual port")
    addresses = find(parts.hostname, port)
    if not addresses or not all(map(allowed, addresses)):
        raise Refused("not a public address")
    connection = _Pinned(parts.scheme, parts.hostname, port, addresses[0])
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(method, path, headers={"User-Agent": AGENT, "Accept": "*/*", "Connection": "close"})
        answer = connection.getresponse()
        return answer.status, (answer.headers.get("Location") or "") if 300 <= answer.status < 400 else ""
    finally:
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to the address that was checked, under the name that was asked for."""

    def __init__(self, scheme: str, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=TIMEOUT)
        self.scheme, self.address = scheme, address

    def connect(self) -> None:
        plain = socket.create_connection((self.address, self.port), timeout=TIMEOUT)
        if self.scheme == "https":
            self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)
        else:
            self.sock = plain
