"""One call: to the address that was checked, within a time, reading little, following no redirect."""

import http.client
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass

from . import targets

CONNECT_SECONDS, ALL_SECONDS = 5, 12
MOST_READ = 4096
HEADERS = {"Content-Type": "application/json", "User-Agent": "TSC-Portal-Webhooks/1", "Connection": "close"}


@dataclass(frozen=True)
class Answer:
    """What came of a call: a status, or none and a code of what went wrong."""

    status: int | None
    fault: str = ""

    @property
    def is_good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def call(url: str, body: bytes, headers: Mapping[str, str], *, plain: bool = False, loopback: bool = False) -> Answer:
    """Post `body` and say what came of it; never raises for what the other side or the network does.

    A redirect is an answer like any other that is not 2xx: its address was not checked, so nobody goes there.
    """
    end = time.monotonic() + ALL_SECONDS
    try:
        target = targets.parse(url, plain=plain, loopback=loopback)
        address = targets.resolve(target, loopback=loopback)
        connection = _connect(target, address)
    except targets.Refused as refusal:
        return Answer(None, f"refused_{refusal}")
    except ssl.SSLError:
        return Answer(None, "certificate")
    except (OSError, UnicodeError):
        return Answer(None, "unreachable")
    try:
        return _post(connection, target, body, headers, end)
    except TimeoutError:
        return Answer(None, "slow")
    except (OSError, http.client.HTTPException):
        return Answer(None, "broken_off")
    finally:
        connection.close()


def _connect(target: targets.Target, address: str) -> http.client.HTTPConnection:
    """A connection to this very address, which says the name of the host and checks its certificate."""
    found = socket.create_connection((address, target.port), timeout=CONNECT_SECONDS)
    try:
        if target.scheme == "https":
            found = ssl.create_default_context().wrap_socket(found, server_hostname=target.host)
    except BaseException:
        found.close()
        raise
    connection = http.client.HTTPConnection(target.host, target.port, timeout=CONNECT_SECONDS)
    connection.sock = found
    return connection


def _post(
    connection: http.client.HTTPConnection, target: targets.Target, body: bytes, headers: Mapping[str, str], end: float
) -> Answer:
    # The name is sent as it was given, without the port where that is the usual one; http.client sees plain sockets.
    usual = target.port == targets.PORTS[target.scheme]
    host = f"[{target.host}]" if ":" in target.host else target.host
    named = {"Host": host if usual else f"{host}:{target.port}"}
    connection.request("POST", target.path, body, {**HEADERS, **headers, **named})
    _wait_at_most(connection, end)
    response = connection.getresponse()
    _wait_at_most(connection, end)
    response.read(MOST_READ)
    return Answer(response.status)


def _wait_at_most(connection: http.client.HTTPConnection, end: float) -> None:
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError
    if connection.sock is not None:
        connection.sock.settimeout(left)
