"""One article from a stranger's address: only the public internet is reached, and no server holds us up.

The servers are real and on 127.0.0.1, which the strict rule refuses; where it is not what is tested,
another takes its place.
"""

import gzip
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from citewell.documents.fetching import MAX_REDIRECTS, Fetched, fetch
from citewell.documents.loading import load
from citewell.documents.urls import INTERNET, Reach
from citewell.errors import FetchError

HERE = ip_address("127.0.0.1")
TEXT = "The tide rose to 3.2 metres at Kiel on Monday. Nobody was hurt."
PAGE = (
    "<html><head>{head}<title>Прилив</title></head><body><article><h1>Прилив</h1>"
    + "<p>Вода поднялась на три метра в порту. Никто не пострадал.</p>" * 5
    + "</article></body></html>"
)


class Handler(BaseHTTPRequestHandler):
    """Answers with the site's pages, each of which writes what it likes."""

    site: "Site"

    def do_GET(self) -> None:
        self.site.asked.append((self.path, dict(self.headers)))
        try:
            self.site.pages.get(self.path, self.site.default)(self)
        except OSError:  # the other side went away
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


Page = Callable[[Handler], None]


def page(body: bytes = TEXT.encode(), kind: str = "text/plain", status: int = 200, **headers: str) -> Page:
    def write(handler: Handler) -> None:
        handler.send_response(status)
        given = {"Content-Type": kind, "Content-Length": str(len(body))}
        for name, value in (
            given | {name.replace("_", "-"): value for name, value in headers.items()}
        ).items():
            if value:
                handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return write


def raw(*pieces: bytes) -> Page:
    """Bytes in place of a response."""

    def write(handler: Handler) -> None:
        for piece in pieces:
            handler.wfile.write(piece)

    return write


def redirect(location: str) -> Page:
    return page(b"", status=302, Location=location, Set_Cookie="who=you")


@dataclass
class Site:
    """A server, what it serves and what it was asked: path and headers."""

    port: int
    pages: dict[str, Page] = field(default_factory=dict)
    default: Page = field(default_factory=page)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def reach(self) -> Reach:
        return Reach(allowed=lambda address: address == HERE, ports=frozenset({self.port, 80, 443}))


def serve(wrap: Callable[[socket.socket], socket.socket] = lambda sock: sock) -> Iterator[Site]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = wrap(server.socket)
        server.handle_error = lambda *_: None  # type: ignore[method-assign] # refused handshakes
        site = Site(server.server_port)
        server.RequestHandlerClass = type("Of", (Handler,), {"site": site})
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield site
        server.shutdown()
        thread.join()


@pytest.fixture
def site() -> Iterator[Site]:
    yield from serve()


class Answers:
    """A resolver whose answers are given, one after the other; the last one stays."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def got(
    site: Site, folder: Path, path: str = "/tide", max_bytes: int = 10_000, timeout_s: float = 20
) -> Fetched:
    return fetch(site.url + path, folder=folder, max_bytes=max_bytes, timeout_s=timeout_s, reach=site.reach)


def refused(url: str, folder: Path, reach: Reach = INTERNET, timeout_s: float = 20) -> str:
    with pytest.raises(FetchError) as error:
        fetch(url, folder=folder, max_bytes=10_000, timeout_s=timeout_s, reach=reach)
    assert list(folder.iterdir()) == []
    return str(error.value)


def refusal(site: Site, folder: Path, answer: Page, timeout_s: float = 20) -> str:
    site.default = answer
    return refused(f"{site.url}/tide", folder, site.reach, timeout_s)


# What is stored.


@pytest.mark.parametrize(
    ("kind", "suffix"),
    [
        ("text/html; charset=utf-8", ".html"),
        ("application/xhtml+xml", ".html"),
        ("application/pdf", ".pdf"),
        ("TEXT/Plain", ".txt"),
        ("text/markdown;charset=UTF-8", ".md"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
    ],
)
def test_the_kind_that_the_server_tells_chooses_the_suffix(
    site: Site, tmp_path: Path, kind: str, suffix: str
) -> None:
    site.default = page(b"%PDF \x00\xff", kind)
    fetched = got(site, tmp_path, "/tide.php?id=4")
    assert fetched.path == tmp_path / f"127.0.0.1-tide{suffix}"
    assert fetched.path.read_bytes() == b"%PDF \x00\xff"
    assert fetched.url == f"{site.url}/tide.php?id=4"


def test_what_was_fetched_is_read_as_an_article(site: Site, tmp_path: Path) -> None:
    fetched = got(site, tmp_path)
    (document,) = load([fetched.path]).documents
    assert replace(document, source=fetched.url).text == TEXT


@pytest.mark.parametrize("kind", ["text/html", "text/html; charset=utf-8", "text/html; charset=no-such"])
def test_a_page_that_declares_its_encoding_is_stored_byte_for_byte(
    site: Site, tmp_path: Path, kind: str
) -> None:
    body = PAGE.format(head='<meta charset="windows-1251">').encode("windows-1251")
    site.default = page(body, kind)
    fetched = got(site, tmp_path)
    assert fetched.path.read_bytes() == body
    assert load([fetched.path]).documents[0].text.endswith("Никто не пострадал.")


@pytest.mark.parametrize("head", ["", '<meta charset="utf-8">'])
@pytest.mark.parametrize("charset", ["windows-1251", "KOI8-R"])
def test_an_encoding_that_only_the_header_tells_is_not_lost(
    site: Site, tmp_path: Path, charset: str, head: str
) -> None:
    site.default = page(PAGE.format(head=head).encode(charset), f"text/html; charset={charset}")
    assert load([got(site, tmp_path).path]).documents[0].text.endswith("Никто не пострадал.")


@pytest.mark.parametrize(
    "charset", ["", "latin1", "undefined", "rot13", "hex", "idna", "utf-16", "ascii", "\\0", "a" * 999]
)
def test_an_encoding_that_is_none_or_not_true_does_no_harm(site: Site, tmp_path: Path, charset: str) -> None:
    body = "“Überflutung”!!".encode("cp1252")
    site.default = page(body, f"text/plain; charset={charset}")
    assert got(site, tmp_path).path.read_bytes() == body


def test_a_second_file_of_the_same_name_replaces_nothing(site: Site, tmp_path: Path) -> None:
    site.pages["/b/tide"] = page(b"It fell.")
    paths = [got(site, tmp_path, where).path for where in ("/a/tide", "/b/tide", "/c/tide/")]
    assert [path.name for path in paths] == [f"127.0.0.1-tide{n}.txt" for n in ("", "-2", "-3")]
    assert paths[1].read_bytes() == b"It fell."


@pytest.mark.parametrize(
    ("path", "stem"),
    [
        ("", ""),
        ("/?/../x", ""),
        ("/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "-passwd"),
        ("/..%5c..%5ctide.html", "-..-..-tide"),
        ("/.hidden", "-.hidden"),
        ("/a%00b%0Ac", "-a-b-c"),
        ("/Прилив.html", "-Прилив"),
        ("/%ff%fe", ""),
        ("/" + "ﷺ" * 90, "-" + "ﷺ" * 50),
    ],
)
def test_a_name_stays_in_its_folder_and_is_no_hidden_one(
    site: Site, tmp_path: Path, path: str, stem: str
) -> None:
    assert got(site, tmp_path, path).path == tmp_path / f"127.0.0.1{stem}.txt"


def test_a_folder_that_cannot_be_written_is_one_clear_error(site: Site, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=r"cannot be stored \(No such file or directory\)"):
        got(site, tmp_path / "gone")


# What is asked.


def test_a_request_tells_nothing_of_us(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    site.pages["/old"] = redirect("/tide")
    got(site, tmp_path, "/old#top")
    assert [path for path, _ in site.asked] == ["/old", "/tide"]
    for _, headers in site.asked:
        assert headers.pop("Accept").startswith("text/html")
        assert headers == {
            "Host": f"127.0.0.1:{site.port}",
            "User-Agent": "citewell",
            "Accept-Encoding": "identity",
            "Connection": "close",
        }


def test_letters_of_every_script_are_escaped_and_escapes_stay(site: Site, tmp_path: Path) -> None:
    assert got(site, tmp_path, "/Flut%20in/Kölн?q=ü&r=%2F").url.endswith(
        "/Flut%20in/K%C3%B6l%D0%BD?q=%C3%BC&r=%2F"
    )


# Where it goes.


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.1", "0", "[::1]", "[::]", "2130706433"])
def test_this_machine_is_not_public_by_any_name(host: str, tmp_path: Path, site: Site) -> None:
    reach = Reach(ports=frozenset({site.port}))
    assert "is not on the public internet" in refused(f"http://{host}:{site.port}/", tmp_path, reach)
    assert site.asked == []


def test_a_name_is_looked_up_once_and_connected_to_where_the_check_looked(site: Site, tmp_path: Path) -> None:
    answers = Answers(["127.0.0.1"], ["127.0.0.2"])
    url = f"http://tide.example:{site.port}/"
    fetched = fetch(url, folder=tmp_path, max_bytes=999, reach=replace(site.reach, resolve=answers))
    assert fetched.url == url
    assert answers.asked == ["tide.example"]
    assert site.asked[0][1]["Host"] == f"tide.example:{site.port}"


def test_each_redirect_is_looked_up_and_checked_anew(site: Site, tmp_path: Path) -> None:
    answers = Answers(["127.0.0.1"], ["10.0.0.1"])
    site.default = redirect("/again")
    reach = replace(site.reach, resolve=answers)
    assert "is not on the public internet" in refused(f"http://tide.example:{site.port}/", tmp_path, reach)
    assert answers.asked == ["tide.example", "tide.example"]
    assert len(site.asked) == 1


def test_the_next_address_is_tried_where_one_does_not_answer(site: Site, tmp_path: Path) -> None:
    reach = replace(
        site.reach, allowed=lambda address: address.is_loopback, resolve=Answers(["127.0.0.2", "127.0.0.1"])
    )
    url = f"http://tide.example:{site.port}/"
    assert fetch(url, folder=tmp_path, max_bytes=999, reach=reach).path.read_text() == TEXT


@pytest.mark.skipif(sys.platform != "linux", reason="fills a queue of connections as Linux counts them")
def test_an_address_that_is_silent_leaves_time_for_the_next(site: Site, tmp_path: Path) -> None:
    reach = replace(
        site.reach, allowed=lambda address: address.is_loopback, resolve=Answers(["127.0.0.2", "127.0.0.1"])
    )
    with socket.create_server(("127.0.0.2", site.port), backlog=0) as full, ExitStack() as waiting:
        for _ in range(3):
            sock = waiting.enter_context(socket.socket())
            sock.settimeout(0)
            sock.connect_ex(full.getsockname())
        url = f"http://tide.example:{site.port}/"
        fetched = fetch(url, folder=tmp_path, max_bytes=999, timeout_s=2, reach=reach)
    assert fetched.path.read_text() == TEXT


def test_a_host_that_nobody_knows_or_that_does_not_answer_is_one_clear_error(tmp_path: Path) -> None:
    def unknown(_: str) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    assert "is not found" in refused("http://tide.example/", tmp_path, Reach(resolve=unknown))
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    reach = Reach(allowed=lambda _: True, ports=frozenset({port}))
    assert "Connection refused" in refused(f"http://127.0.0.1:{port}/", tmp_path, reach)


# Redirects.


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_and_the_last_address_is_the_source(
    site: Site, tmp_path: Path, status: int
) -> None:
    site.pages["/a/old"] = page(b"", status=status, Location="../b/tide?x=1#top")
    fetched = got(site, tmp_path, "/a/old")
    assert fetched.url == f"{site.url}/b/tide?x=1"
    assert fetched.path.read_text() == TEXT


@pytest.mark.parametrize("location", ["/Köln ", "/K%C3%B6ln"])
def test_a_redirect_to_letters_beyond_ascii_is_followed(site: Site, tmp_path: Path, location: str) -> None:
    site.pages["/old"] = raw(
        b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: ", location.encode(), b"\r\n\r\n"
    )
    assert got(site, tmp_path, "/old").url == f"{site.url}/K%C3%B6ln"


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://10.0.0.1/", "10.0.0.1: is not on the public internet"),
        ("//169.254.169.254/latest/meta-data/", "169.254.169.254: is not on the public internet"),
        ("http://[::1]/", "::1: is not on the public internet"),
        ("http://127.0.0.1:22/", "has port 22"),
        ("http://user:secret@127.0.0.1/", "has a user's name"),
        ("file:///etc/passwd", "not a web address"),
        ("http://[", "not a web address"),
        ("http://ex ample/", "not a web address"),
        ("", "does not say where to"),
    ],
)
def test_a_redirect_is_checked_as_the_first_address_is(
    site: Site, tmp_path: Path, location: str, reason: str
) -> None:
    message = refusal(site, tmp_path, redirect(location))
    assert reason in message
    assert "secret" not in message
    assert len(site.asked) == 1


def test_redirects_in_a_circle_end(site: Site, tmp_path: Path) -> None:
    assert "redirects more than 5 times" in refusal(site, tmp_path, redirect("/tide"))
    assert len(site.asked) == 1 + MAX_REDIRECTS


# What is answered.


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (page(status=404), "answered 404 Not Found"),
        (page(status=403), "answered 403 Forbidden"),
        (page(b"", status=204), "answered 204 No Content"),
        (page(status=304), "answered 304 Not Modified"),
        (page(status=799), "answered 799, not an article"),
        (page(kind="image/png"), "sends image/png, which citewell cannot read"),
        (page(kind="application/octet-stream"), "it reads .docx .html .md .pdf .txt"),
        (page(kind=""), "sends no kind"),
        (page(gzip.compress(b"x"), Content_Encoding="gzip"), "compresses what it sends"),
        (page(Content_Length="1000"), "broke off 937 bytes before the end"),
        (raw(b"SSH-2.0-OpenSSH\r\n"), "BadStatusLine"),
        (raw(), "RemoteDisconnected"),
        (raw(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200), "HTTPException"),
    ],
)
def test_an_answer_that_is_no_article_is_one_clear_error(
    site: Site, tmp_path: Path, answer: Page, reason: str
) -> None:
    message = refusal(site, tmp_path, answer)
    assert message.startswith("127.0.0.1: ")
    assert reason in message
    assert "OpenSSH" not in message


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
OPEN = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"


def test_a_body_in_chunks_or_up_to_the_end_of_the_connection_is_whole(site: Site, tmp_path: Path) -> None:
    site.pages["/chunks"] = raw(CHUNKED, b"8\r\nThe tide\r\n6\r\n rose.\r\n0\r\n\r\n")
    site.pages["/open"] = raw(OPEN, b"The tide", b" rose.")
    assert got(site, tmp_path, "/chunks").path.read_bytes() == b"The tide rose."
    assert got(site, tmp_path, "/open").path.read_bytes() == b"The tide rose."


def test_a_body_of_just_the_limit_is_taken(site: Site, tmp_path: Path) -> None:
    assert got(site, tmp_path, max_bytes=len(TEXT)).path.read_text() == TEXT
    with pytest.raises(FetchError, match="has more than 62 bytes"):
        got(site, tmp_path, max_bytes=len(TEXT) - 1)


def endless(start: bytes, piece: bytes) -> Page:
    """Bytes until the other side goes away."""

    def write(handler: Handler) -> None:
        handler.wfile.write(start)
        while True:
            handler.wfile.write(piece)

    return write


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "answer",
    [
        endless(OPEN, b"x" * 999),
        endless(CHUNKED, b"3e7\r\n" + b"x" * 999 + b"\r\n"),
        # http.client reads such a chunk without a limit.
        endless(CHUNKED + b"-1\r\n", b"x" * 999),
        endless(CHUNKED + b"1\r\nx\r\n0\r\n", b"X: trailer\r\n"),
        endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
)
def test_a_body_without_an_end_is_cut_at_the_limit(site: Site, tmp_path: Path, answer: Page) -> None:
    assert "has more than 10,000 bytes" in refusal(site, tmp_path, answer)


def test_a_body_whose_length_is_too_large_is_not_read(site: Site, tmp_path: Path) -> None:
    answer = endless(OPEN[:-2] + b"Content-Length: 99999999\r\n\r\n", b"")
    assert "has more than 10,000 bytes" in refusal(site, tmp_path, answer)


@pytest.mark.parametrize("size", [b"-5", b"x", b"", b"ffffffffffffffffffff"])
def test_a_chunk_of_no_size_is_one_clear_error(site: Site, tmp_path: Path, size: bytes) -> None:
    assert "the connection failed" in refusal(site, tmp_path, raw(CHUNKED, size, b"\r\nx\r\n0\r\n\r\n"))


@pytest.mark.timeout(60)
@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nX: ", OPEN, CHUNKED, CHUNKED + b"ffff\r\n"])
def test_a_server_that_drips_is_cut(site: Site, tmp_path: Path, start: bytes) -> None:
    stop = threading.Event()

    def drip(handler: Handler) -> None:
        handler.wfile.write(start)
        while not stop.wait(0.02):
            handler.wfile.write(b"0")

    assert "did not send the whole article within 0.3 seconds" in refusal(site, tmp_path, drip, timeout_s=0.3)
    stop.set()


@pytest.mark.timeout(60)
def test_redirects_do_not_add_time(site: Site, tmp_path: Path) -> None:
    stop = threading.Event()

    def slow(handler: Handler) -> None:
        stop.wait(0.2)
        redirect("/tide")(handler)

    assert "did not send the whole article within 0.5 seconds" in refusal(site, tmp_path, slow, timeout_s=0.5)
    assert len(site.asked) < 1 + MAX_REDIRECTS
    stop.set()


@pytest.mark.timeout(60)
def test_a_look_up_that_hangs_is_cut(tmp_path: Path) -> None:
    go_on = threading.Event()

    def hang(_: str) -> list[str]:
        go_on.wait()
        return []

    message = refused("http://tide.example/", tmp_path, Reach(resolve=hang), timeout_s=0.1)
    go_on.set()
    assert "did not send the whole article within 0.1 seconds" in message


@pytest.mark.timeout(60)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_server_that_is_silent_is_cut(tmp_path: Path, scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        reach = Reach(allowed=lambda _: True, ports=frozenset({port}))
        message = refused(f"{scheme}://127.0.0.1:{port}/", tmp_path, reach, timeout_s=0.2)
    assert "did not send the whole article within 0.2 seconds" in message


# Certificates.


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate of tide.example, which is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tide.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("tide.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("certificate") / "tide.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def named() -> list[str]:
    """The names that clients asked the server for."""
    return []


@pytest.fixture
def safe(certificate: Path, named: list[str]) -> Iterator[Site]:
    """A server of https, as tide.example."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _sock, name, _context: named.append(name)
    yield from serve(lambda sock: context.wrap_socket(sock, server_side=True))


def over_tls(site: Site, host: str, folder: Path) -> Fetched:
    reach = replace(site.reach, resolve=Answers(["127.0.0.1"]))
    return fetch(f"https://{host}:{site.port}/tide", folder=folder, max_bytes=999, reach=reach)


@pytest.mark.parametrize("host", ["tide.example", "Tide.Example."])
def test_https_asks_the_checked_address_for_the_name_in_the_url(
    safe: Site,
    named: list[str],
    certificate: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    host: str,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert over_tls(safe, host, tmp_path).path.read_text() == TEXT
    assert named == ["tide.example"]
    assert safe.asked[0][1]["Host"] == f"{host.lower()}:{safe.port}"


@pytest.mark.parametrize(("host", "reason"), [("ebb.example", "mismatch"), ("127.0.0.1", "mismatch")])
def test_a_certificate_of_another_name_is_refused(
    safe: Site, certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, reason: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with pytest.raises(FetchError, match=rf"certificate is not valid \(.*{reason}"):
        over_tls(safe, host, tmp_path)
    assert safe.asked == []


def test_a_certificate_of_an_unknown_authority_is_refused(safe: Site, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=r"certificate is not valid \(self.signed"):
        over_tls(safe, "tide.example", tmp_path)
    assert safe.asked == []


def test_https_on_a_port_of_http_is_one_clear_error(site: Site, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="the connection failed"):
        over_tls(site, "tide.example", tmp_path)


def test_a_redirect_from_https_to_http_is_refused(
    safe: Site, certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    safe.default = redirect(f"http://tide.example:{safe.port}/")
    with pytest.raises(FetchError, match="redirects from https to http"):
        over_tls(safe, "tide.example", tmp_path)
