"""What a URL says is checked, and every spelling of an address that is not of the public internet is refused.

Names are looked up by the system itself, which asks nobody about an address in figures.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citewell.documents.urls import INTERNET, Address, Reach, follow_redirect, is_public, look_up, parse_url
from citewell.errors import FetchError

# Addresses.

NOT_PUBLIC = [
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16"),
    *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"),
    *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "255.255.255.255/32"),
    *("::/96", "::ffff:0:0/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16"),
    *("3fff::/20", "5f00::/16", "fc00::/7", "fd00:ec2::254/128", "fe80::/10", "fec0::/10", "ff00::/8"),
]
NETWORKS = [ip_network(network) for network in NOT_PUBLIC]
not_public = st.sampled_from(NETWORKS).flatmap(lambda network: st.ip_addresses(network=network))
private_ipv4 = st.sampled_from([network for network in NETWORKS if network.version == 4]).flatmap(
    lambda network: st.ip_addresses(network=network)
)


@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_no_end_of_a_special_network_is_public(network: IPv4Network | IPv6Network) -> None:
    assert not is_public(network[0])
    assert not is_public(network[-1])


@given(not_public)
def test_nothing_in_a_special_network_is_public(address: Address) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "1.1.1.1",
            "8.8.8.8",
            "93.184.216.34",
            "100.63.255.255",
            "100.128.0.0",
            "172.32.0.0",
            "223.255.255.254",
        ),
        *("2606:4700:4700::1111", "2a00:1450:4001::200e", "64:ff9b::8.8.8.8"),
    ],
)
def test_the_public_internet_is_public(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize("text", ["2606:4700:4700::1111%eth0", "fe80::1%1"])
def test_an_address_of_one_link_is_not_public(text: str) -> None:
    assert not is_public(ip_address(text))


def spellings(address: IPv4Address) -> list[str]:
    """Every way of writing an IPv4 address that a URL's host may have."""
    number, parts = int(address), address.packed
    embedded = [
        IPv6Address(int(IPv6Address(prefix)) + (number << shift))
        for prefix, shift in (
            ("::", 0),
            ("::ffff:0:0", 0),
            ("64:ff9b::", 0),
            ("64:ff9b:1::", 0),
            ("2002::", 80),
        )
    ]
    return [
        str(address),
        str(number),
        hex(number),
        f"0{number:o}",
        ".".join(f"0{part:o}" for part in parts),
        ".".join(map(hex, parts)),
        f"{parts[0]}.{number & 0xFFFFFF}",
        f"{parts[0]}.{parts[1]}.{number & 0xFFFF}",
        "。".join(map(str, parts)),
        "".join(chr(ord(digit) + 0xFEE0) for digit in str(number)),
        f"[::ffff:{address}]",
        f"[::{address}]",
        f"[64:ff9b::{address}]",
        *(f"[{found}]" for found in embedded),
        *(f"[{found.exploded}]" for found in embedded),
    ]


@given(private_ipv4)
@settings(max_examples=30, deadline=None)
def test_no_spelling_of_an_address_that_is_not_public_passes(address: IPv4Address) -> None:
    for host in spellings(address):
        with pytest.raises(FetchError, match="is not on the public internet"):
            INTERNET.addresses(parse_url(f"http://{host}/", INTERNET.ports).host)


@pytest.mark.parametrize(
    "answer",
    [[], ["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["10.0.0.1", "8.8.8.8"], ["8.8.8.8", "::1"]],
)
def test_a_name_with_one_address_that_is_not_public_is_refused_and_the_address_not_told(
    answer: list[str],
) -> None:
    with pytest.raises(FetchError, match=r"^localhost\.: is not on the public internet") as error:
        Reach(resolve=lambda _: answer).addresses("localhost.")
    assert not any(address in str(error.value) for address in answer)


def test_the_system_is_asked_for_the_addresses_of_a_name() -> None:
    assert "127.0.0.1" in look_up("localhost")
    assert look_up("8.8.8.8") == ["8.8.8.8"]


# URLs.


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        ("https://example.org", "https://example.org/"),
        (" HTTP://Example.ORG:80/a?b=c&d#e\n", "http://example.org/a?b=c&d"),
        ("https://example.org:80", "https://example.org:80/"),
        ("https://example.org:/", "https://example.org/"),
        (
            "https://Zürich.example/Flut%20in/Köln?q=ü&r=%2F",
            "https://xn--zrich-kva.example/Flut%20in/K%C3%B6ln?q=%C3%BC&r=%2F",
        ),
        ("http://[2606:4700::1111]/", "http://[2606:4700::1111]/"),
    ],
)
def test_a_url_is_put_together_in_ascii_without_its_fragment(url: str, whole: str) -> None:
    assert parse_url(url, INTERNET.ports).url == whole


@pytest.mark.parametrize(
    "url",
    [
        "",
        "tide",
        "//example.org/",
        "http://",
        "http:///tide",
        "http://[",
        "http://[::1",
        "http://[fe80::1%25eth0]/",
        "http://a..b/",
        "http://-/",
        "http://exam ple.org/",
        "http://example.org/a b",
        "http://example.org/\r\nHost: x",
        "http://example.org/\ud83d",
        "http://127%2e0.0.1/",
        "http://´.example/",
        "http://℀.example/",
        "http://example.org:99999/",
        "http://example.org:x/",
        "http://example.org/" + "a" * 2000,
        "http://" + "a" * 64 + ".example/",
        "file:///etc/passwd",
        "ftp://example.org/",
        "gopher://127.0.0.1/",
        "javascript:alert(1)",
        "data:text/plain,x",
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(FetchError, match="this is not a web address"):
        parse_url(url, INTERNET.ports)


@pytest.mark.parametrize("who", ["user:secret@", "user@", "@", "example.org:80@", "example.org\\@"])
def test_a_password_in_the_address_is_refused_and_not_repeated(who: str) -> None:
    with pytest.raises(FetchError, match=r"^tide\.example: the address has a user's name") as error:
        parse_url(f"https://{who}tide.example/", INTERNET.ports)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("port", [0, 22, 8080, 65535])
def test_other_ports_than_the_web_s_are_refused(port: int) -> None:
    with pytest.raises(FetchError, match=f"has port {port}, not 80 or 443"):
        parse_url(f"http://tide.example:{port}/", INTERNET.ports)


@pytest.mark.parametrize(
    ("location", "there"),
    [
        ("/b", "https://example.org/b"),
        ("b?c#d", "https://example.org/a/b?c"),
        ("//ebb.example", "https://ebb.example/"),
        ("https://ebb.example/K%C3%B6ln", "https://ebb.example/K%C3%B6ln"),
        ("/K\xc3\xb6ln\r\n and on ", "https://example.org/K%C3%B6ln%0D%0A%20and%20on"),
    ],
)
def test_a_redirect_leads_on_from_where_it_stands(location: str, there: str) -> None:
    here = parse_url("https://example.org/a/old", INTERNET.ports)
    assert follow_redirect(here, location, INTERNET.ports).url == there


def test_a_redirect_from_https_to_http_is_refused_and_the_other_way_followed() -> None:
    http, https = "http://example.org/", "https://example.org/"
    with pytest.raises(FetchError, match=r"^example\.org: redirects from https to http"):
        follow_redirect(parse_url(https, INTERNET.ports), http, INTERNET.ports)
    assert follow_redirect(parse_url(http, INTERNET.ports), https, INTERNET.ports).url == https
