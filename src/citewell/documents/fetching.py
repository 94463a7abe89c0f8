"""Fetch one article from an address that a stranger gave, and reach nothing but the public internet.

A person who pastes an address makes this machine open a connection from inside its network. So a host is
looked up once, each of its addresses must be public, and the connection goes to exactly those addresses.
A second look-up could give other addresses (DNS rebinding). Redirects are followed by hand,
each by the same rules. Time and size are limited as a whole, whatever the server does.

The module uses http.client, which accepts a socket that is connected already. httpx, requests and urllib
look the host up themselves, after the check. Fixing the address in them takes more code than this module,
and httpx would become a dependency. Proxies, cookies, compressed answers and scripts are not supported.
Pages that this network itself shows at public addresses count as public.
"""

import io
import re
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, responses
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from citewell.documents.urls import BY_HAND, INTERNET, Address, Reach, Target, follow_redirect, parse_url
from citewell.errors import FetchError
from citewell.text.decoding import decode_declared

TIMEOUT_S = 20.0  # A person waits for the fetch, and saves a slower article faster by hand.
MAX_REDIRECTS = 5  # Real redirects go to https, to www, to the article.
MAX_NAME_CHARACTERS = 60  # Of up to four bytes each: a file's name may have 255 bytes.

FOUND = 200
REDIRECTS = {301, 302, 303, 307, 308}
# What loaders read; the suffix names the loader.
SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}
TEXTS = {".html", ".txt", ".md"}
# http.client itself asks for an uncompressed answer.
HEADERS = {"User-Agent": "citewell", "Accept": ", ".join(SUFFIXES), "Connection": "close"}


@dataclass(frozen=True, slots=True)
class Fetched:
    """An article's file.

    Attributes:
        path: Where it was stored, with the suffix of its loader.
        url: The address after all redirects: the article's source, whatever address the page names.
    """

    path: Path
    url: str


def fetch(
    url: str, *, folder: Path, max_bytes: int, timeout_s: float = TIMEOUT_S, reach: Reach = INTERNET
) -> Fetched:
    """Store the article at a URL as a file that `citewell.documents.loading.load` reads.

    No file is replaced: a second file of the same name gets a number. Bytes are stored as they come. The
    exception is a text that is not UTF-8 and whose encoding the answer's header names: it is converted.

    Args:
        url: As a person pasted it; http or https.
        folder: The folder for the file; it must exist.
        max_bytes: Most bytes of the article.
        timeout_s: Seconds for the whole fetch, with the look-up of hosts and the redirects.
        reach: Where it may go.

    Raises:
        FetchError: The URL, its host or the answer is refused, or the time is over.
    """
    limits = _Limits(max_bytes, timeout_s, time.monotonic() + timeout_s)
    there = parse_url(url, reach.ports)
    for _ in range(MAX_REDIRECTS + 1):
        with _answer(there, limits, reach) as response:
            if response.status not in REDIRECTS:
                suffix = _suffix(response, there.host)
                body = _body(response, there.host, max_bytes)
                if suffix in TEXTS:
                    body = _in_utf8(body, response.headers.get_content_charset(""))
                return Fetched(_store(body, folder, _name(there), suffix), there.url)
        there = follow_redirect(there, response.headers.get("Location", ""), reach.ports)
    message = f"{there.host}: redirects more than {MAX_REDIRECTS} times; {BY_HAND}"
    raise FetchError(message)


@dataclass(frozen=True, slots=True)
class _Limits:
    """The limits of the whole fetch; `deadline` is by the monotonic clock."""

    max_bytes: int
    timeout_s: float
    deadline: float

    def left_s(self) -> float:
        left_s = self.deadline - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        return left_s


@contextmanager
def _answer(there: Target, limits: _Limits, reach: Reach) -> Iterator[HTTPResponse]:
    """Send the request and give the answer to the block; a failure in the block becomes a FetchError."""
    try:
        with (
            _connect(_addresses(there.host, limits, reach), there.port, limits) as plain,
            _secure(plain, there, limits) as sock,
        ):
            connection = HTTPConnection(there.host, there.port)
            connection.sock = sock
            connection.request("GET", there.path, headers={"Host": there.netloc, **HEADERS})
            response = HTTPResponse(sock, method="GET")
            response.fp.close()
            response.fp = io.BufferedReader(_Limited(sock, there.host, limits))
            response.begin()
            yield response
    except TimeoutError as error:
        message = (
            f"{there.host}: did not send the whole article within {limits.timeout_s:g} seconds; {BY_HAND}"
        )
        raise FetchError(message) from error
    except socket.gaierror as error:
        message = f"{there.host}: is not found ({error.strerror}); check the address"
        raise FetchError(message) from error
    except ssl.SSLCertVerificationError as error:
        message = f"{there.host}: its certificate is not valid ({error.verify_message}); {BY_HAND}"
        raise FetchError(message) from error
    # http.client lets a ValueError through, for a chunk of negative size.
    except (OSError, HTTPException, ValueError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or type(error).__name__
        message = f"{there.host}: the connection failed ({reason}); try again, or {BY_HAND}"
        raise FetchError(message) from error


def _addresses(host: str, limits: _Limits, reach: Reach) -> list[Address]:
    """Look a host up within the time, in a thread; only the system's own time-out ends that thread."""
    pool = ThreadPoolExecutor(max_workers=1)
    asked = pool.submit(reach.addresses, host)
    pool.shutdown(wait=False)
    return asked.result(limits.left_s())


def _connect(addresses: Sequence[Address], port: int, limits: _Limits) -> socket.socket:
    """Connect to the first address that answers, each within its share of the time."""
    failure = OSError()
    for left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
        try:
            # An address in figures is not looked up.
            return socket.create_connection((str(address), port), limits.left_s() / left)
        except OSError as error:
            failure = error
    raise failure


def _secure(plain: socket.socket, there: Target, limits: _Limits) -> socket.socket:
    plain.settimeout(limits.left_s())
    if there.scheme == "http":
        return plain
    # Certificates name hosts without the last dot.
    return ssl.create_default_context().wrap_socket(plain, server_hostname=there.host.rstrip("."))


class _Limited(io.RawIOBase):
    """The bytes of a socket, within the limits: a socket's own timeout holds for each read alone.

    The bytes are counted here because http.client has reads without a limit: for a chunk of size -1 it
    reads until the connection ends.
    """

    def __init__(self, sock: socket.socket, host: str, limits: _Limits) -> None:
        self._sock = sock
        self._host = host
        self._limits = limits
        # Beside the body there are headers, and the sizes of chunks.
        self._room = 2 * limits.max_bytes + 100_000

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(self._limits.left_s())
        size = self._sock.recv_into(buffer)
        self._room -= size
        if self._room < 0:
            raise _too_large(self._host, self._limits.max_bytes)
        return size


def _too_large(host: str, max_bytes: int) -> FetchError:
    return FetchError(f"{host}: the article has more than {max_bytes:,} bytes; add a part of it as a file")


def _suffix(response: HTTPResponse, host: str) -> str:
    """Return the suffix for the kind of the answer; refuse an answer that is no article."""
    if response.status != FOUND:
        found = f"{response.status} {responses.get(response.status, '')}".strip()
        message = f"{host}: answered {found}, not an article; check the address, or {BY_HAND}"
        raise FetchError(message)
    coded = response.headers.get("Content-Encoding", "identity").strip().lower()
    if coded not in {"", "identity"}:
        message = f"{host}: compresses what it sends, though asked not to; {BY_HAND}"
        raise FetchError(message)
    # Without the header get_content_type says text/plain.
    kind = response.headers.get_content_type() if "Content-Type" in response.headers else "no kind"
    if kind not in SUFFIXES:
        known = " ".join(sorted(set(SUFFIXES.values())))
        message = f"{host}: sends {kind[:80]}, which citewell cannot read; it reads {known}"
        raise FetchError(message)
    return SUFFIXES[kind]


def _body(response: HTTPResponse, host: str, max_bytes: int) -> bytes:
    """Read the whole body; refuse one that is too large."""
    body = b"" if (response.length or 0) > max_bytes else response.read(max_bytes + 1)
    if len(body) > max_bytes or (response.length or 0) > max_bytes:
        raise _too_large(host, max_bytes)
    if response.length:
        message = f"{host}: broke off {response.length:,} bytes before the end; try again, or {BY_HAND}"
        raise FetchError(message)
    return body


def _in_utf8(body: bytes, charset: str) -> bytes:
    """Convert a text to UTF-8 if it is in another encoding that the header names.

    Loaders recognise UTF-8, whatever encoding a page declares, and see no header. Servers that do not know
    the encoding say Latin-1; a loader then uses the encoding that the page declares.
    """
    try:
        body.decode()
    except UnicodeDecodeError:
        # An unknown charset, one that is not for text, or one that the body contradicts changes nothing.
        text = decode_declared(body, charset)
        return body if text is None else text.encode()
    return body


def _name(there: Target) -> str:
    """Return a file's name without the suffix: the host, and the last part of the path."""
    last = unquote(there.path.partition("?")[0]).rstrip("/").rpartition("/")[2]
    last = re.sub(r"\.[A-Za-z]{2,5}$", "", last)
    return re.sub(r"[^\w.]+", "-", f"{there.host}-{last}")[:MAX_NAME_CHARACTERS].strip("-.")


def _store(body: bytes, folder: Path, name: str, suffix: str) -> Path:
    """Write a new file and return its path."""
    path, number = folder / f"{name}{suffix}", 1
    while True:
        try:
            with path.open("xb") as file:
                file.write(body)
        except FileExistsError:
            number += 1
            path = folder / f"{name}-{number}{suffix}"
        except OSError as error:
            with suppress(OSError):
                path.unlink()
            message = f"the article cannot be stored ({error.strerror}); tell the operator of this server"
            raise FetchError(message) from error
        else:
            return path
