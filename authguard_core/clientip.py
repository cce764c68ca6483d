"""Who is asking: the client address behind any number of trusted proxies.

A forwarding header is a claim by whoever wrote it. Each proxy appends the address that connected to *it*, on
the right, so only the entries that trusted proxies wrote can be believed: the walk goes from the right to
the first address that is no trusted proxy, and everything to the left of it is the client's own invention.
Nothing is trusted by default, and the headers of a peer that isn't trusted are not even looked at.

What an address is, and what of it is counted, says :mod:`authguard_core.addresses`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Final

from authguard_core.addresses import (
    UNIX_PEER,
    ClientAddress,
    Node,
    Suspicion,
    peer_address,
    read_node,
)
from authguard_core.errors import ConfigurationError

__all__ = [
    "MAX_HOPS",
    "UNIX_PEER",
    "ClientAddress",
    "ForwardingHeader",
    "Suspicion",
    "TrustedProxies",
    "client_address",
]

MAX_HOPS: Final = 32
"""How many entries of a forwarding header are looked at, from the right."""

_MAX_ELEMENT: Final = 512  # characters of one entry; ``by``, ``host`` and ``proto`` fit many times
_OPTIONAL_SPACE: Final = " \t"  # OWS of RFC 9110, 5.6.3
_WIDEST: Final = {4: 8, 6: 7}  # 10.0.0.0/8 and fc00::/7 (RFC 1918, RFC 4193): no proxy needs a wider network
_MAPPED: Final = IPv6Network("::ffff:0:0/96")


class ForwardingHeader(StrEnum):
    """The header that the trusted proxies write. Only this one is read."""

    X_FORWARDED_FOR = "x-forwarded-for"
    FORWARDED = "forwarded"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedProxies:
    """The proxies whose word is believed: none, unless named.

    Of the two forwarding headers only :attr:`header` is read, because a proxy that writes one of them passes
    the other through as the client sent it: reading whichever is there would let the client choose.
    """

    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    unix: bool = False
    header: ForwardingHeader = ForwardingHeader.X_FORWARDED_FOR

    def __post_init__(self) -> None:
        """Refuse networks so wide that clients are in them.

        Raises:
            ConfigurationError: a network is wider than /8 (IPv4) or /7 (IPv6).
        """
        for network in self.networks:
            if network.prefixlen < _WIDEST[network.version]:
                raise _refusal(str(network))

    @classmethod
    def parse(cls, values: Iterable[str], *, header: str = "x-forwarded-for") -> "TrustedProxies":
        """Read addresses, networks in CIDR notation and the word ``unix`` (the peer of a Unix socket).

        Raises:
            ConfigurationError: ``*``, a network that holds clients (``0.0.0.0/0``), host bits that are set, a
                name, anything else that is no network, or an unknown header.
        """
        if isinstance(values, str):
            raise ConfigurationError.of(
                "TRUSTED_PROXIES", got=values, expected="a list of networks", do="Put the text into a list."
            )
        names = [value.strip() for value in values]
        networks = tuple(_trusted_network(name) for name in names if name != UNIX_PEER)
        return cls(networks=networks, unix=UNIX_PEER in names, header=_forwarding_header(header))

    def trusts(self, peer: str) -> bool:
        """Whether the peer is a trusted proxy, so that what it forwards can be believed. Never raises."""
        node = read_node(peer)
        return self.unix and peer == UNIX_PEER if node is None else self.contains(node.address)

    def contains(self, address: IPv4Address | IPv6Address) -> bool:
        """Whether an address, given as IPv4 if it is IPv4-mapped, is in one of the networks."""
        return any(address in network for network in self.networks)


def client_address(peer: str, headers: Iterable[tuple[str, str]], trusted: TrustedProxies) -> ClientAddress:
    """Find the client's address. Never raises, whatever the headers hold.

    ``peer`` is the address of the connection as the server saw it, never one that middleware took from a
    header. A peer without an IP address (``unix``, ``testclient``, empty) is counted under its own name.

    Header lines of one name are one list in their order (RFC 9110, 5.3). Only the last :data:`MAX_HOPS`
    entries, of at most 512 characters each, are looked at: time doesn't grow with what a client puts left.

    Sources: RFC 7239 for ``Forwarded``; ``X-Forwarded-For`` is a convention, read as proxies write it
    (addresses, with or without port and brackets).
    """
    here = peer_address(peer)
    if not (trusted.networks or trusted.unix) or not trusted.trusts(peer):
        return here
    lines = [value for name, value in headers if name.lower() == trusted.header]
    return _behind_proxies(here, lines, trusted)


def _behind_proxies(peer: ClientAddress, lines: list[str], trusted: TrustedProxies) -> ClientAddress:
    """Walk from the right to the first hop that is no trusted proxy."""
    last, suspect = peer, Suspicion.NO_HEADER
    for position, element in enumerate(_from_the_right(lines)):
        if position == MAX_HOPS:
            return last._replace(suspect=Suspicion.TOO_MANY_HOPS)
        if element == "":  # empty list elements are ignored (RFC 9110, 5.6.1.2) but bounded
            continue
        hop = _hop(element, trusted.header)
        if isinstance(hop, Suspicion):
            return last._replace(suspect=hop)
        if not trusted.contains(hop.address):
            return hop.client
        last, suspect = hop.client, Suspicion.ALL_TRUSTED
    return last._replace(suspect=suspect)


def _from_the_right(lines: list[str]) -> Iterator[str | None]:
    """Yield the list's elements from the last to the first, None for one that can't be split off.

    Splitting from the right matters: no quote that a client leaves open can swallow what a proxy appended.
    """
    for line in reversed(lines):
        end: int | None = len(line)
        while end is not None and end >= 0:
            comma = _comma_before(line, end)
            yield None if comma is None else line[comma + 1 : end].strip(_OPTIONAL_SPACE)
            end = comma


def _comma_before(line: str, end: int) -> int | None:
    """Find the comma outside quotes that starts the element before ``end``; -1 at the line's start.

    None when the element is longer than an honest one or a quote isn't closed.
    """
    floor = max(0, end - _MAX_ELEMENT - 1)
    position = end
    while (quote := line.rfind('"', floor, position)) > (comma := line.rfind(",", floor, position)):
        position = _opening_quote(line, floor, quote)
        if position < 0:
            return None
    return None if comma < 0 and end > _MAX_ELEMENT else comma


def _opening_quote(line: str, floor: int, closing: int) -> int:
    """Find the quote that the one at ``closing`` ends, past quotes escaped by a backslash; -1 if none."""
    quote = line.rfind('"', floor, closing)
    while quote >= 0 and _is_escaped(line[floor:quote]):
        quote = line.rfind('"', floor, quote)
    return quote


def _is_escaped(before: str) -> bool:
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _hop(element: str | None, header: ForwardingHeader) -> Node | Suspicion:
    """Read who is named by one entry."""
    if element is None:
        return Suspicion.MALFORMED
    name = _forwarded_for(element) if header is ForwardingHeader.FORWARDED else element
    if name is None:
        return Suspicion.MALFORMED
    if name == "" or name.startswith("_") or name.partition(":")[0].lower() == "unknown":
        return Suspicion.UNIDENTIFIED
    return read_node(name) or Suspicion.MALFORMED


def _forwarded_for(element: str) -> str | None:
    """Return the ``for`` parameter of an RFC 7239 element: empty if it has none, None if several."""
    found = [
        value.strip(_OPTIONAL_SPACE)
        for name, _, value in (pair.partition("=") for pair in _pairs(element))
        if name.strip(_OPTIONAL_SPACE).lower() == "for"
    ]
    if len(found) > 1:
        return None
    return _unquoted(found[0]) if found else ""


def _pairs(element: str) -> Iterator[str]:
    """Split an element at the semicolons outside quoted strings."""
    start, quoted, escaped = 0, False, False
    for position, character in enumerate(element):
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = quoted
        elif character == '"':
            quoted = not quoted
        elif character == ";" and not quoted:
            yield element[start:position]
            start = position + 1
    yield element[start:]


def _unquoted(value: str) -> str:
    """Take the quotes off. Escapes stay: no node needs one, so one with an escape is malformed."""
    return value[1:-1] if value[:1] == value[-1:] == '"' else value


def _is_decimal(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _trusted_network(name: str) -> IPv4Network | IPv6Network:
    _, slash, prefix = name.partition("/")
    if "%" in name or (slash and not _is_decimal(prefix)):  # zones and netmasks: not CIDR
        raise _refusal(name)
    try:
        network = ip_network(name)
    except ValueError as error:
        raise _refusal(name) from error
    if isinstance(network, IPv6Network) and network.subnet_of(_MAPPED):
        address = IPv4Address(int(network.network_address) & 0xFFFF_FFFF)
        return IPv4Network((address, network.prefixlen - _MAPPED.prefixlen))
    return network


def _forwarding_header(name: str) -> ForwardingHeader:
    try:
        return ForwardingHeader(name.lower())
    except ValueError as error:
        expected = " or ".join(ForwardingHeader)
        do = "Name the one that your proxies write."
        raise ConfigurationError.of("TRUSTED_HEADER", got=name, expected=expected, do=do) from error


def _refusal(name: str) -> ConfigurationError:
    return ConfigurationError.of(
        "TRUSTED_PROXIES",
        got=name,
        expected="an address, a network (CIDR, no host bits, no wider than /8 or IPv6 /7) or unix",
        do="Name only the networks of your own proxies: clients in a trusted network choose their address.",
    )
