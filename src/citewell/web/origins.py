"""Read the Host and Origin of a request, and tell whether our own page sent the request.

A browser lets any page send requests to any address, even to a server on the person's own computer. Two
headers name the origin of a request, and no page can set them: `Origin` in every request except a plain GET,
`Sec-Fetch-Site` in every request. A program other than a browser sends neither header.
"""

import re
from ipaddress import AddressValueError, IPv6Address
from typing import NamedTuple

from starlette.datastructures import Headers

HOST = re.compile(
    r"(?:(?P<name>[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?)|\[(?P<six>[0-9a-f:.]{2,45})\])(?::(?P<port>[0-9]{1,5}))?",
    re.IGNORECASE | re.ASCII,
)
ORIGIN = re.compile(r"(?P<scheme>https?)://(?P<host>[^/?#@\\\s]+)", re.IGNORECASE | re.ASCII)
PORTS = {"http": 80, "https": 443}
MOST_PORT = 65535
MOST_CHARACTERS = 300
# Accepted values of Sec-Fetch-Site: the page itself, and a person who typed an address or opened a bookmark.
OWN_SITE = {"same-origin", "none"}


class Host(NamedTuple):
    """The target of a request: a host name in lower case, and a port if one was given."""

    name: str
    port: int | None


def host_of(value: str) -> Host | None:
    """Read a Host header strictly; return None for an invalid one.

    A dot at the end stays: `localhost.` and `localhost` are different names, for browsers too.

    >>> host_of("LocalHost:7860"), host_of("[0:0::1]")
    (Host(name='localhost', port=7860), Host(name='::1', port=None))
    >>> host_of("[::1]evil.example"), host_of("127.0.0.1:evil"), host_of("localhost:80@evil.example")
    (None, None, None)
    """
    found = HOST.fullmatch(value) if len(value) <= MOST_CHARACTERS else None
    if not found:
        return None
    port = int(found["port"]) if found["port"] else None
    if port is not None and port > MOST_PORT:
        return None
    if found["name"]:
        return Host(found["name"].lower(), port)
    try:
        return Host(str(IPv6Address(found["six"])), port)
    except AddressValueError:
        return None


def asked_host(headers: Headers) -> Host | None:
    """Return the host that a request was sent to; None unless exactly one valid Host header says it."""
    values = headers.getlist("host")
    return host_of(values[0]) if len(values) == 1 else None


def is_foreign(headers: Headers, scheme: str) -> bool:
    """Whether a request comes from a page of another server.

    Args:
        headers: Headers of the request.
        scheme: Scheme of the request, as far as known: a proxy that uses https may not say so.
    """
    site = headers.get("sec-fetch-site")
    if site is not None and site.lower() not in OWN_SITE:
        return True
    origins = headers.getlist("origin")
    if not origins:
        return False
    # A page of another site cannot set this header without a preflight request, which is refused.
    forwarded = ",".join(headers.getlist("x-forwarded-host")).split(",")
    hosts = [*headers.getlist("host"), *(host.strip() for host in forwarded)]
    return len(origins) > 1 or not any(same_origin(origins[0], host, scheme) for host in hosts)


def same_origin(origin: str, host: str, scheme: str) -> bool:
    """Whether an Origin and a Host name the same server.

    A host without a port has the port of the origin's scheme: behind a proxy only the origin tells the port.

    >>> same_origin("https://chat.example", "chat.example", "http")
    True
    >>> same_origin("http://localhost:8000", "localhost:7860", "http")
    False
    >>> same_origin("null", "localhost:7860", "http")
    False
    """
    found = ORIGIN.fullmatch(origin)
    theirs, ours = host_of(found["host"]) if found else None, host_of(host)
    if not found or theirs is None or ours is None:
        return False
    spoken = found["scheme"].lower()
    if scheme == "https" and spoken != "https":
        return False
    usual = PORTS[spoken]
    return theirs.name == ours.name and (theirs.port or usual) == (ours.port or usual)


def is_from_browser(headers: Headers) -> bool:
    """Whether a browser sent a request, judged by headers that only browsers send."""
    return "origin" in headers or "sec-fetch-site" in headers
