"""Say whose a connection is, as far as an address says it."""

from ipaddress import IPv6Network, ip_address

# Who has one IPv6 address has as a rule all of this prefix, and can come from another one each time.
SIX_BITS = 64


def network_of(address: str) -> str:
    """Return what stands for everybody behind an address; for IPv6 that is its network.

    >>> network_of("203.0.113.7"), network_of("::ffff:203.0.113.7"), network_of("2001:db8::7")
    ('203.0.113.7', '203.0.113.7', '2001:db8::/64')
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if found.version == 4:  # noqa: PLR2004 - the version's own number
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(IPv6Network((found, SIX_BITS), strict=False))
