"""Keeps Python from reaching another machine. Every Python that a test starts imports it first.

Python looks for a module of this name when it starts; tests/conftest.py puts this folder on the
path of whatever tests start. What is refused is no OSError: a program that puts up with a network
that does not answer would put up with that too, and the test would pass.
"""

import functools
import ipaddress
import socket
import sys

HERE = {"", "localhost", "0.0.0.0", "::", socket.gethostname()}  # noqa: S104 - nothing is bound
NAMING = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
REACHING = {"socket.connect", "socket.sendto", "socket.sendmsg"}


class NetworkRefusedError(Exception):
    """A test wanted something from another machine."""


def is_here(host: object) -> bool:
    """Whether a host, as a socket's address names it, is this machine."""
    if isinstance(host, bytes):
        host = host.decode(errors="replace")
    if not isinstance(host, str) or host in HERE:
        return True  # None is this machine, too
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or is_own(str(address))


@functools.cache
def is_own(address: str) -> bool:
    """Whether an address is one of this machine's: only there may a socket be bound."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as tried:
        try:
            tried.bind((address, 0))
        except OSError:
            return False
    return True


def refuse_other_machines(event: str, arguments: tuple[object, ...]) -> None:
    """What Python calls at each event that its documentation lists as audited."""
    if event in NAMING:
        host = arguments[0]
    elif event in REACHING:
        address = arguments[1]
        if not isinstance(address, tuple):
            return  # the path of a Unix socket, or None: where the socket was connected to
        host = address[0]
    else:
        return
    if not is_here(host):
        raise NetworkRefusedError(f"{event} {host!r}: tests use no network")


sys.addaudithook(refuse_other_machines)
