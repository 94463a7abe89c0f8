"""Check a web address that a stranger gave: its parts, and the network addresses of its host.

This module opens no connection; `citewell.documents.fetching` connects to addresses that passed the check.
"""

import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TypeAlias
from urllib.parse import quote, urljoin, urlsplit

from citewell.errors import FetchError

Address: TypeAlias = IPv4Address | IPv6Address

MAX_URL_CHARACTERS = 2000  # what browsers and servers agree to take
PORTS = {"http": 80, "https": 443}
HOST = re.compile(r"[a-z0-9_][a-z0-9._-]*|[0-9a-f.]*:[0-9a-f:.]*")
SAFE = "%:/?#[]@!$&'()*+,;=~"  # what has a meaning in a URL; escapes stay as they are
BY_HAND = "save the article in your browser and add the file instead"

# Networks that are special by IANA's registries although `is_global` accepts them, in some or all releases
# of Python.
SPECIAL = [
    ip_network("168.63.129.16/32"),  # Azure answers its own machines there
    ip_network("192.0.0.0/24"),  # protocols, RFC 6890; Oracle's cloud answers at 192.0.0.192
    ip_network("192.88.99.0/24"),  # relays of 6to4, RFC 7526
    ip_network("2001::/23"),  # protocols, RFC 2928; one is Teredo, which embeds an IPv4 address
    ip_network("2002::/16"),  # 6to4, which embeds an IPv4 address, RFC 3056
    ip_network("3fff::/20"),  # examples, RFC 9637
]
UNICAST = ip_network("2000::/3")  # all IPv6 that is given out; ::/96, fc00::/7, fe80::/10, fec0::/10 are not
NAT64 = ip_network("64:ff9b::/96")  # RFC 6052: the way to the IPv4 address in the last bits


def is_public(address: Address) -> bool:
    """Tell whether an address and any IPv4 address embedded in it are of the public internet.

    >>> [is_public(ip_address(text)) for text in ("93.184.216.34", "10.0.0.1", "64:ff9b::10.0.0.1")]
    [True, False, False]
    """
    if address in NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFF_FFFF))
    return (
        address.is_global
        and not address.is_multicast
        and not any(address in network for network in SPECIAL)
        and (isinstance(address, IPv4Address) or (address in UNICAST and not address.scope_id))
    )


def look_up(host: str) -> list[str]:
    """Return a host's addresses as the system knows them, the preferred first.

    Raises:
        OSError: The host has no address, or no name server answers.
    """
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(where[0]) for *_, where in found]


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a fetch may go.

    Attributes:
        allowed: Whether it may connect to an address.
        resolve: Gives a host's addresses as text, the preferred first; called once for each request.
        ports: The ports to which it may connect.
    """

    allowed: Callable[[Address], bool] = is_public
    resolve: Callable[[str], Sequence[str]] = look_up
    ports: frozenset[int] = frozenset(PORTS.values())

    def addresses(self, host: str) -> list[Address]:
        """Look a host up, and return its addresses if each of them is allowed.

        Raises:
            FetchError: An address is not allowed. The error does not name it, since strangers must not learn
                the addresses of this network.
            OSError: As `look_up`.
        """
        addresses = [ip_address(text) for text in self.resolve(host)]
        if not addresses or not all(map(self.allowed, addresses)):
            message = (
                f"{host}: is not on the public internet, and only public pages can be fetched; {BY_HAND}"
            )
            raise FetchError(message)
        return addresses


INTERNET = Reach()


@dataclass(frozen=True, slots=True)
class Target:
    """A URL taken apart, all of it ASCII.

    Attributes:
        scheme: http or https.
        host: A name or an address, without brackets.
        port: The port given, or the scheme's.
        path: The path with the query, escaped.
    """

    scheme: str
    host: str
    port: int
    path: str

    @property
    def netloc(self) -> str:
        """The value of the header Host."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The URL, put together again; without the fragment."""
        return f"{self.scheme}://{self.netloc}{self.path}"


def parse_url(url: str, ports: frozenset[int], base: str = "") -> Target:
    """Take a URL apart, as a person pasted it or as it stands in a redirect of `base`.

    >>> parse_url(" https://Zürich.example/Flut?tag=Mo#top ", frozenset({443})).url
    'https://xn--zrich-kva.example/Flut?tag=Mo'

    Raises:
        FetchError: The text is no URL, is not of http or https, bears a password, or has another port.
    """
    url = url.strip()
    try:
        parts = urlsplit(urljoin(base, url))
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    # Half a surrogate pair is not printable, nor are line breaks, which urlsplit drops.
    is_plain = len(url) <= MAX_URL_CHARACTERS and url.isprintable() and " " not in url
    if not is_plain or parts.scheme not in PORTS or not HOST.fullmatch(host):
        message = f"this is not a web address such as https://example.org/article; correct it, or {BY_HAND}"
        raise FetchError(message)
    if "@" in parts.netloc:
        message = f"{host}: the address has a user's name in it; {BY_HAND}"
        raise FetchError(message)
    port = PORTS[parts.scheme] if port is None else port
    if port not in ports:
        wanted = " or ".join(map(str, sorted(ports)))
        message = f"{host}: the address has port {port}, not {wanted}; {BY_HAND}"
        raise FetchError(message)
    path = quote(parts.path or "/", safe=SAFE) + (f"?{quote(parts.query, safe=SAFE)}" if parts.query else "")
    return Target(parts.scheme, host, port, path)


def follow_redirect(here: Target, location: str, ports: frozenset[int]) -> Target:
    """Return the target of a redirect.

    Args:
        here: The URL that redirects.
        location: Its header as http.client reads it, each byte a character; "" when there is none.
        ports: The allowed ports.

    Raises:
        FetchError: As `parse_url`; or the header is missing, or the redirect leads from https to http.
    """
    if not location:
        message = f"{here.host}: redirects, and does not say where to; {BY_HAND}"
        raise FetchError(message)
    there = parse_url(quote(location.strip().encode("latin-1"), safe=SAFE), ports, here.url)
    if (here.scheme, there.scheme) == ("https", "http"):
        message = f"{here.host}: redirects from https to http, where anybody could alter it; {BY_HAND}"
        raise FetchError(message)
    return there
