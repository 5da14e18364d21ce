"""A connection to the very address that was checked, cut off when its time is over."""

import http.client
import socket
import ssl
import threading
from contextlib import suppress
from typing import Any, Self

CONNECT_SECONDS = 5


class Cut:
    """Breaks a connection off when its time is over.

    A time limit on the socket is not enough: each byte that drips in begins it anew, and a stranger holds a worker.
    """

    def __init__(self, sock: socket.socket, seconds: float) -> None:
        self.sock, self.is_over = sock, False
        self._timer = threading.Timer(max(seconds, 0), self._break_off)
        self._timer.daemon = True
        self._timer.start()

    def _break_off(self) -> None:
        self.is_over = True
        with suppress(OSError):
            # Of the plain socket: to be read from another thread, the one of TLS must stay as it is.
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: Any) -> None:
        self._timer.cancel()


def connect(
    scheme: str, host: str, port: int, address: str, *, seconds: float
) -> tuple[http.client.HTTPConnection, Cut]:
    """A connection to this very address, which says the name of the host and checks its certificate, and its cut."""
    sock = socket.create_connection((address, port), timeout=min(CONNECT_SECONDS, seconds))
    cut = None
    try:
        if scheme == "https":
            context = ssl.create_default_context()
            sock = context.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
        cut = Cut(sock, seconds)
        if isinstance(sock, ssl.SSLSocket):
            sock.do_handshake()
        sock.settimeout(seconds)
    except BaseException:
        if cut is not None:
            cut.__exit__()
        sock.close()
        raise
    connection = http.client.HTTPConnection(host, port, timeout=CONNECT_SECONDS)
    connection.sock = sock
    return connection, cut
