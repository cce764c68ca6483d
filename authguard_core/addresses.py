"""What an address is and what is counted for it.

What is counted is decided by the bits of an address, not by its notation:

- IPv4: the address; its /24 is the subnet.
- IPv6: its /64, because one customer holds at least that much (RFC 6177); its /48 is the subnet.
- IPv4-mapped, ``::ffff:0:0/96``: the IPv4 address. It is how a dual-stack socket shows an IPv4 peer
  (RFC 4291, 2.5.5.2); all of IPv4 would share one /64.
- NAT64, ``64:ff9b::/96``: the IPv4 address inside. A translator shows every IPv4 client in this one /64
  (RFC 6052, 2.1).
- 6to4, ``2002::/16``: the IPv4 address inside, because whoever has it holds a whole /48 (RFC 3056, 2).

Only a mapped address *is* its IPv4 address. The translated and the tunnelled form are counted under theirs
but never taken for it where trust is decided: ``2002:7f00:1::`` is no loopback address and no trusted proxy.
"""

from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from typing import Final, NamedTuple

__all__ = ["UNIX_PEER", "ClientAddress", "Node", "Suspicion", "peer_address", "read_node"]

UNIX_PEER: Final = "unix"
"""The name of a peer that came over a Unix socket, which has no address. Adapters pass it."""

_MAX_NODE: Final = 64  # characters of an address with brackets, zone and port
_PORT_DIGITS: Final = 5
_NAT64_PREFIX: Final = int(IPv6Address("64:ff9b::")) >> 32
_SIX_TO_FOUR_PREFIX: Final = 0x2002


class Suspicion(StrEnum):
    """Why the address found may not be the client's own. Nobody outside the trusted networks chose it."""

    MALFORMED = "malformed"
    """A trusted proxy's entry is no address; the address is that of the last hop that could be read."""
    UNIDENTIFIED = "unidentified"
    """A trusted proxy hides the address (``unknown``, ``_name``; RFC 7239, 6.2 and 6.3); same fallback."""
    TOO_MANY_HOPS = "too_many_hops"
    """More than :data:`MAX_HOPS` trusted hops; the address is that of the last one looked at."""
    ALL_TRUSTED = "all_trusted"
    """Every hop is a trusted proxy; the address is the leftmost. Usual for requests from inside."""
    NO_HEADER = "no_header"
    """A trusted proxy sent no entry; the address is the proxy's, and all its clients share it."""


class ClientAddress(NamedTuple):
    """Where an attempt comes from. Its repr shows no address."""

    text: str
    """The address in its normal form, or the name of a peer that has no IP address."""
    network: str
    """What is counted: an IPv4 address (``203.0.113.9``), an IPv6 /64 (``2001:db8::/64``) or the name."""
    subnet: str
    """The wider network: an IPv4 /24, an IPv6 /48 or the name."""
    loopback: bool
    """Whether the address is a loopback address. A Unix socket's peer is not: most of them are proxies."""
    suspect: Suspicion | None
    """Why the address may not be the client's own, or None."""

    def __repr__(self) -> str:
        """Show what can't identify anybody."""
        return f"{type(self).__name__}(loopback={self.loopback}, suspect={self.suspect})"


class Node(NamedTuple):
    """An address that was read: ``client`` as it is counted, ``address`` as it is trusted."""

    client: ClientAddress
    address: IPv4Address | IPv6Address

    def __repr__(self) -> str:
        """Show what can't identify anybody."""
        return f"{type(self).__name__}({self.client!r})"


def peer_address(peer: str) -> ClientAddress:
    """Return what is counted for a peer: its address, with or without port, else its name. Never raises."""
    node = read_node(peer)
    return ClientAddress(peer, peer, peer, loopback=False, suspect=None) if node is None else node.client


def read_node(text: str) -> Node | None:
    """Read an address with or without brackets, zone and port; None if it isn't one. Never raises."""
    return _parsed(text) if len(text) <= _MAX_NODE else None


@lru_cache(maxsize=2048)
def _parsed(text: str) -> Node | None:
    host = _without_port(text)
    address = None if host is None else _address(host)
    return None if address is None else Node(_client(address), address)


def _without_port(text: str) -> str | None:
    """Take brackets and port off; None where they aren't well-formed (RFC 7239, 6)."""
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        return host if bracket and ":" in host and (not rest or _is_port(rest)) else None
    host, colon, port = text.partition(":")
    if not colon or ":" in port:
        return text
    return host if _is_port(colon + port) else None


def _is_port(suffix: str) -> bool:
    """Whether it is a colon and a port: up to five ASCII digits, or obfuscated."""
    digits = suffix[1:]
    return suffix[0] == ":" and (
        digits[:1] == "_" or (len(digits) <= _PORT_DIGITS and digits.isascii() and digits.isdigit())
    )


def _address(host: str) -> IPv4Address | IPv6Address | None:
    """Read an address: without its zone, which means nothing elsewhere, and a mapped one as its IPv4."""
    try:
        if ":" not in host:
            return IPv4Address(host)
        address = IPv6Address(host.partition("%")[0])
    except ValueError:
        return None
    return address.ipv4_mapped or address


def _client(address: IPv4Address | IPv6Address) -> ClientAddress:
    counted = _counted(address)
    if isinstance(counted, IPv4Address):
        network = str(counted)
        subnet = f"{network.rpartition('.')[0]}.0/24"
    else:
        network, subnet = _prefix(counted, 64), _prefix(counted, 48)
    return ClientAddress(str(address), network, subnet, loopback=address.is_loopback, suspect=None)


def _counted(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address inside a NAT64 or 6to4 address, else the address."""
    if isinstance(address, IPv6Address):
        bits = int(address)
        if bits >> 32 == _NAT64_PREFIX:
            return IPv4Address(bits & 0xFFFF_FFFF)
        if bits >> 112 == _SIX_TO_FOUR_PREFIX:
            return IPv4Address(bits >> 80 & 0xFFFF_FFFF)
    return address


def _prefix(address: IPv6Address, length: int) -> str:
    host_bits = 128 - length
    return f"{IPv6Address(int(address) >> host_bits << host_bits)}/{length}"
