"""Writes down every name look-up and connection that leaves this machine, in every thread of every Python process.

One host may be let through: the one that WORKSHOP_SOCKET_ALLOWED names, by its name and by its addresses.

Python imports a module of this name at start-up when its folder is on PYTHONPATH; an audit hook can't be undone.
"""

import ipaddress
import os
import socket
import sys

LOOPBACK_NAMES = ("localhost", "0.0.0.0", "::")


def _leaves(event, arguments):
    """The host that this event reaches for, or None when it stays on this machine."""
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) and address else None  # a string is a Unix socket
    else:
        return None
    if isinstance(host, bytes):
        host = host.decode(errors="replace")
    if not host or str(host) in LOOPBACK_NAMES or _is_loopback(str(host)) or _is_allowed(str(host)):
        return None
    return str(host)


def _is_allowed(host):
    """Whether this is the allowed host, or an address that its name has now."""
    allowed = os.environ.get("WORKSHOP_SOCKET_ALLOWED")
    if not allowed or host == allowed:
        return bool(allowed)
    try:
        ipaddress.ip_address(host)
        return host in {address[0] for *_, address in socket.getaddrinfo(allowed, None)}
    except (OSError, ValueError):
        return False


def _is_loopback(host):
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False        # a name: only "localhost" is known to stay here


def _watch(event, arguments):
    host = _leaves(event, arguments) if event.startswith("socket.") else None
    log = os.environ.get("WORKSHOP_SOCKET_LOG")
    if host and log:
        descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(descriptor, f"{event} {host} pid {os.getpid()}\n".encode())
        os.close(descriptor)


sys.addaudithook(_watch)


def _travel(date):
    """Let every clock of this process show another date, and go on from there."""
    import datetime

    import time_machine

    moment = datetime.datetime.fromisoformat(date).replace(tzinfo=datetime.UTC)
    time_machine.travel(moment, tick=True).start()


if os.environ.get("WORKSHOP_TEST_DATE"):
    _travel(os.environ["WORKSHOP_TEST_DATE"])
