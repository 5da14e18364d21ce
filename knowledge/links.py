"""A careful look at an address: whether it answers, without ever reaching into a private network.

The name is resolved once, every address that it stands for must be public, and the connection goes to exactly the
address that was checked: a name that changes its mind in between reaches nothing. Redirections are checked anew.
"""

import http.client
import socket
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from accounts.webhooks import pinned, targets

ALL_SECONDS = 40.0  # for one address with all its redirections
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
    """Whether an address belongs to the public internet, by the one rule for all that the portal calls."""
    try:
        targets.refuse_address(address)
    except ValueError:
        return False
    return True


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
    end = time.monotonic() + ALL_SECONDS
    for _hop in range(MOST_HOPS + 1):
        status, onward = _ask(url, "HEAD", find, allowed, ports, end)
        if status in ASK_WITH_GET:
            status, onward = _ask(url, "GET", find, allowed, ports, end)
        if not onward:
            works = status < 400 or status in ANSWERS_ALL_THE_SAME
            return Look(works, status)
        url = urljoin(url, onward)
    return Look(False, None, "too many redirections")


def _ask(
    url: str, method: str, find: Resolve, allowed: Callable[[str], bool], ports: frozenset[int], end: float
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
    left = end - time.monotonic()
    if left <= 0:
        raise Refused("too slow")
    connection, cut = pinned.connect(parts.scheme, parts.hostname, port, addresses[0], seconds=left)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    usual = port == PORTS[parts.scheme]
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    asked = {"Host": name if usual else f"{name}:{port}", "User-Agent": AGENT, "Accept": "*/*", "Connection": "close"}
    with cut, closing(connection):
        connection.request(method, path, headers=asked)
        answer = connection.getresponse()
        return answer.status, (answer.headers.get("Location") or "") if 300 <= answer.status < 400 else ""
