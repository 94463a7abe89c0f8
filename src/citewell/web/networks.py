"""Group clients by network, as far as their address tells."""

from ipaddress import IPv6Network, ip_address

# The owner of one IPv6 address usually has all addresses of this prefix, and can change between them.
SIX_BITS = 64


def network_of(address: str) -> str:
    """Return the key for all clients behind an address; for IPv6 the key is the network.

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
