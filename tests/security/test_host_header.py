"""A server on this computer answers only to its own names, however they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.web.origins import host_of
from serving import ask, connected, rest, status

Address = tuple[str, int]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "LOCALHOST:7860", "localhost", "[::1]", "[::1]:80", "[0:0::1]"]
)
def test_its_own_names_are_answered(open_to_all: Address, host: str) -> None:
    assert status(ask(open_to_all, "GET /healthz", host=host)) == 200


@pytest.mark.parametrize(
    "host",
    [
        "[::1]evil.example",
        "[::1].evil.example",
        "[::1]:80@evil.example",
        "[::1",
        "[localhost]",
        "127.0.0.1:evil",
        "127.0.0.1:80:80",
        "127.0.0.1:",
        "127.0.0.1:99999",
        "localhost:80@evil.example",
        "evil.example@localhost",
        "evil.example#localhost",
        "localhost/evil.example",
        "localhost,evil.example",
        "localhost evil.example",
        "localhost\tevil",
        "localhost:８０",
        "evil.example",
        "localhost.evil.example",
        "localhost.",
        "localhost..",
        ".localhost",
        "127.0.0.1.nip.io",
        "127.1",
        "2130706433",
        "0x7f.0.0.1",
    ],
)
def test_other_names_are_refused(open_to_all: Address, host: str) -> None:
    assert status(ask(open_to_all, "GET /healthz", host=host)) in {400, 421}


@pytest.mark.parametrize(
    "head",
    [
        "GET /healthz HTTP/1.1",
        "GET /healthz HTTP/1.1\r\nHost:",
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost",
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\nhost: evil.example",
        "GET /healthz HTTP/1.0",
        "GET /healthz HTTP/1.0\r\nHost:",
        "GET /healthz HTTP/1.0\r\nHost: localhost\r\nHost: evil.example",
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\n evil.example",
        "GET http://evil.example/healthz HTTP/1.1\r\nHost: evil.example",
    ],
)
def test_no_host_and_two_hosts_are_refused(open_to_all: Address, head: str) -> None:
    with connected(open_to_all) as connection:
        connection.sendall(f"{head}\r\nConnection: close\r\n\r\n".encode())
        assert status(rest(connection)) in {400, 404, 421}


@given(st.text("[]:.@/#?, \t\\-_aA0.1", max_size=12), st.sampled_from(["localhost", "127.0.0.1", "[::1]"]))
def test_nothing_around_a_name_makes_it_another_and_lets_it_through(around: str, name: str) -> None:
    for host in (name + around, around + name):
        found = host_of(host)
        assert (
            found is None
            or found.name == host.rpartition(":")[0].strip("[]").lower()
            or (found.port is None and found.name in {host.lower(), "::1"})
        )
