"""Which addresses a webhook may call: public ones only, however they are written and whatever a name resolves to."""

import ipaddress
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

LONGEST = 500
LOWEST_FREE_PORT = 1024
PORTS = {"https": 443, "http": 80}
INNER_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "arpa", "onion", "test", "invalid")
LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)", re.IGNORECASE)
# Networks that lead inside, or through which an inner address can be reached; beyond what Python calls global.
CLOSED = [
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32",
        "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
]  # fmt: skip
OUTER = ipaddress.ip_network("2000::/3")  # all of IPv6 that is given out


class Refused(ValueError):
    """The address may not be called; the text is a code of the reason."""


@dataclass(frozen=True)
class Target:
    """An address taken apart."""

    scheme: str
    host: str
    port: int
    path: str


def parse(url: str, *, plain: bool = False, loopback: bool = False) -> Target:
    """Take an address apart and refuse what is refused by its looks; `plain` allows http, `loopback` this machine.

    Raises Refused.
    """
    if len(url) > LONGEST or not url.isascii() or any(sign <= " " or sign in "\\\x7f" for sign in url):
        raise Refused("odd")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("odd") from None
    if parts.scheme not in PORTS or (parts.scheme == "http" and not plain):
        raise Refused("scheme")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Refused("odd")
    host = _host(parts.hostname or "", loopback)
    port = PORTS[parts.scheme] if port is None else port
    if port not in PORTS.values() and port < LOWEST_FREE_PORT:
        raise Refused("port")
    return Target(parts.scheme, host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def _host(host: str, loopback: bool) -> str:
    host = host.lower().removesuffix(".")
    try:
        refuse_address(host, loopback=loopback)
    except ValueError as error:
        if isinstance(error, Refused):
            raise
    else:
        return host
    labels = host.split(".")
    # 2130706433, 0x7f.1 and 0177.0.0.1 are addresses for some resolvers: a name does not end in a number.
    if NUMERIC.fullmatch(labels[-1]) or not all(LABEL.fullmatch(label) for label in labels):
        raise Refused("odd")
    if len(labels) < 2 or labels[-1] in INNER_NAMES:
        raise Refused("inside")
    return host


def refuse_address(text: str, *, loopback: bool = False) -> None:
    """Raise Refused for an IP address that is not public, ValueError for what is no address."""
    address = ipaddress.ip_address(text)
    if loopback and address == ipaddress.ip_address("127.0.0.1"):
        return
    if getattr(address, "scope_id", None) or not address.is_global or address.is_multicast:
        raise Refused("inside")
    if any(address in network for network in CLOSED if network.version == address.version):
        raise Refused("inside")
    if address.version == 6 and address not in OUTER:
        raise Refused("inside")


def resolve(target: Target, *, loopback: bool = False) -> str:
    """The address to connect to, checked; whoever connects must use this one, for a name may answer differently later.

    One inner address among several refuses them all. Raises Refused, and OSError where the name is not known.
    """
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    return first_public((str(entry[4][0]) for entry in found), loopback=loopback)


def first_public(addresses: Iterable[str], *, loopback: bool = False) -> str:
    """The first of the addresses if all of them are public; raises Refused otherwise."""
    all_of_them = list(addresses)
    for text in all_of_them:
        refuse_address(text, loopback=loopback)
    if not all_of_them:
        raise Refused("odd")
    return all_of_them[0]
