"""One call: to the address that was checked, within a time, reading little, following no redirect."""

import http.client
import ssl
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass

from . import pinned, targets

ALL_SECONDS = 12
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
    try:
        target = targets.parse(url, plain=plain, loopback=loopback)
        address = targets.resolve(target, loopback=loopback)
        connection, cut = pinned.connect(target.scheme, target.host, target.port, address, seconds=ALL_SECONDS)
    except targets.Refused as refusal:
        return Answer(None, f"refused_{refusal}")
    except ssl.SSLError:
        return Answer(None, "certificate")
    except (OSError, UnicodeError):
        return Answer(None, "unreachable")
    with cut, closing(connection):
        try:
            return _post(connection, target, body, headers)
        except (OSError, http.client.HTTPException) as error:
            return Answer(None, "slow" if cut.is_over or isinstance(error, TimeoutError) else "broken_off")


def _post(
    connection: http.client.HTTPConnection, target: targets.Target, body: bytes, headers: Mapping[str, str]
) -> Answer:
    # The name is sent as it was given, without the port where that is the usual one; http.client sees plain sockets.
    usual = target.port == targets.PORTS[target.scheme]
    host = f"[{target.host}]" if ":" in target.host else target.host
    named = {"Host": host if usual else f"{host}:{target.port}"}
    connection.request("POST", target.path, body, {**HEADERS, **headers, **named})
    response = connection.getresponse()
    response.read(MOST_READ)
    return Answer(response.status)
