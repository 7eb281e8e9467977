"""The way to a partner: an address that may be used, and one deadline for everything that is done there."""

import socket
import ssl
import threading
import time
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

import httpcore2

from engine.connectors.contract import ConnectorError

PORTS = {"amqp": 5672, "amqps": 5671, "redis": 6379, "rediss": 6379}


class Deadline:
    """A moment by which a call must be over, on the machine's own steady clock."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self, *_: object) -> float:
        """The seconds that are left, never quite none: a wait of 0 would mean another thing to a socket."""
        return max(0.001, self._end - time.monotonic())


class Network(httpcore2.NetworkBackend):
    """Connections for one call. Each host is looked up once and connected to by the address that was judged, so that no second answer of a
    name server leads elsewhere."""

    def __init__(self, deadline: Deadline, private: bool) -> None:
        self._deadline = deadline
        self._private = private
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """A connection to the first address of the host that answers. Raises ConnectorError for one that may not be used."""
        failure: Exception = httpcore2.ConnectError("the name has no address")
        for address in self._addresses(host, port):
            try:
                return _Stream(self._plain.connect_tcp(address, port, self._deadline.left(), local_address, socket_options), self._deadline)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure

    def _addresses(self, host: str, port: int) -> list[str]:
        found = look_up(host, port, self._deadline.left())
        if not self._private and any(is_private(address) for address in found):
            raise ConnectorError("the address is a private one; the operator allows it with `private` in BATON_PARTNERS", permanent=True)
        return found


class _Stream(httpcore2.NetworkStream):
    def __init__(self, inner: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._inner.close()

    def start_tls(self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None) -> httpcore2.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, self._deadline.left()), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def look_up(host: str, port: int, seconds: float) -> list[str]:
    """The addresses of a host, within a time. Raises httpcore2.ConnectError and ConnectTimeout."""
    found: list[str] = []
    failed: list[OSError] = []

    def ask() -> None:
        try:
            found.extend(dict.fromkeys(str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        except OSError as error:
            failed.append(error)

    if _is_address(host):
        return [host]
    asking = threading.Thread(target=ask, name="baton-lookup", daemon=True)  # the system's look-up takes no time limit
    asking.start()
    asking.join(seconds)
    if failed:
        raise httpcore2.ConnectError("the name is not known") from failed[0]
    if not found:
        raise httpcore2.ConnectTimeout("the name server did not answer")
    return found


def is_private(address: str) -> bool:
    """Whether an address leads into a house instead of the open internet."""
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return not found.is_global or found.is_multicast


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def answers(address: str, seconds: float = 2.0) -> bool:
    """Whether something listens at the host and port of a broker's address; the usual port of its kind where none is written."""
    parts = urlsplit(address)
    try:
        with socket.create_connection((parts.hostname or "localhost", parts.port or PORTS.get(parts.scheme, 5672)), timeout=seconds):
            return True
    except OSError:
        return False
