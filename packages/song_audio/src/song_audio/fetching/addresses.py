"""Which addresses may be spoken to. The one question that matters is asked of the address that is dialled.

`ipaddress.is_global` is where this starts, not where it ends: it takes multicast for global, and depending on the
version of Python 192.0.0.0/24 too; it knows nothing of clouds that put services on global addresses; and an IPv4
address can hide in an IPv6 one in four ways (mapped, 6to4, Teredo, NAT64).
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence

import anyio

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str], Awaitable[Sequence[str]]]
"""Gives the addresses of a host name, best first. Raises OSError if there are none."""

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NEVER = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",  # "this host": connects to loopback
        "169.254.0.0/16",  # link-local, with the metadata services of most clouds
        "192.0.0.0/24",  # IETF protocol assignments; Oracle's metadata service
        "168.63.129.16/32",  # Azure's, on a global address
        "100.100.100.200/32",  # Alibaba's, in the carriers' shared space
        "fd00:ec2::/32",  # Amazon's, in private space
        "64:ff9b:1::/48",  # NAT64 of one network: leads to its private IPv4
        "2001::/23",  # IETF protocol assignments, with Teredo
        "3fff::/20",  # documentation
        "5f00::/16",  # segment routing inside one network
        "fe80::/10",  # link-local
        "fec0::/10",  # site-local, of old
    )
)


def is_public(text: str, *, allow_private: bool = False) -> bool:
    """Whether an address (as `ipaddress` writes it) may be dialled.

    With `allow_private`, loopback and private networks may be too. What is no address may not.
    """
    try:
        address = _unwrapped(ipaddress.ip_address(text))
    except ValueError:
        return False
    if any(address in network for network in _NEVER if network.version == address.version):
        return False
    if address.is_multicast or address.is_unspecified:
        return False
    if allow_private:
        return address.is_loopback or not address.is_reserved
    return address.is_global and not address.is_reserved


def literal(host: str) -> str | None:
    """Give the address that `host` is in the usual notation, or None if it is a name.

    Raises:
        ValueError: it is an address in another notation: 2130706433, 0x7f.1, 0177.0.0.1, 127.1, or with a zone. Such
            forms serve only to slip past filters.
    """
    if ":" in host:
        if "%" in host:
            raise ValueError(host)
        return str(ipaddress.IPv6Address(host))
    name = host.rstrip(".").rpartition(".")[2].lower()
    if name.isdigit() or name.startswith("0x"):  # no top-level domain begins so; this is how browsers tell, too
        return str(ipaddress.IPv4Address(host))
    return None


async def resolve(host: str) -> Sequence[str]:
    """Ask the system for a host's addresses."""
    found = await anyio.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _unwrapped(address: Address) -> Address:
    """Give the IPv4 address in an IPv6 one that only leads to it."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address.sixtofour or address
    return address
