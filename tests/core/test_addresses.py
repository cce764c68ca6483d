"""Claims about what an address is and what is counted for it."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authguard_core.addresses import UNIX_PEER, ClientAddress, Suspicion, peer_address, read_node

VICTIM = "203.0.113.9"


@pytest.mark.parametrize("peer", ["testclient", "unix", "", "1.2.3", "\u0661.2.3.4", "x" * 100], ids=ascii)
def test_a_peer_that_is_no_address_is_counted_under_its_own_name(peer: str) -> None:
    """A test client or a Unix socket has a name of its own, and is no loopback address."""
    assert peer_address(peer) == ClientAddress(peer, peer, peer, loopback=False, suspect=None)


# ------------------------------------------------------------ what is counted


def test_ipv4_is_counted_by_address_and_its_24() -> None:
    """An IPv4 address counts alone, its /24 as the subnet."""
    assert peer_address(VICTIM) == ClientAddress(
        VICTIM, VICTIM, "203.0.113.0/24", loopback=False, suspect=None
    )


@pytest.mark.parametrize("peer", ["203.0.113.9:50123", "203.0.113.9:0", "203.0.113.9:_port"])
def test_a31_the_port_of_a_peer_opens_no_new_counter(peer: str) -> None:
    """A peer given with its port is the address."""
    assert peer_address(peer) == peer_address(VICTIM)


def test_a30_ipv6_is_counted_by_its_64_and_its_48() -> None:
    """An IPv6 address counts under its /64, with the /48 as the subnet."""
    found = peer_address("2001:DB8:1:2:3:4:5:6")

    assert found == ClientAddress(
        "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48", loopback=False, suspect=None
    )


@given(st.integers(0, 2**64 - 1))
def test_a30_rotating_inside_a_64_opens_no_new_counter(interface: int) -> None:
    """All addresses of one /64 are one counter."""
    address = str(IPv6Address((0x2001_0DB8_0001_0002 << 64) | interface))

    assert peer_address(address).network == "2001:db8:1:2::/64"


@given(st.integers(0, 2**80 - 1))
def test_a30_rotating_inside_a_48_opens_no_new_subnet(rest: int) -> None:
    """All /64s of one /48 are one subnet."""
    assert peer_address(str(IPv6Address((0x2001_0DB8_0001 << 80) | rest))).subnet == "2001:db8:1::/48"


@pytest.mark.parametrize(
    "notation",
    ["::ffff:1.2.3.4", "::ffff:102:304", "::FFFF:0102:0304", "0:0:0:0:0:ffff:1.2.3.4", "[::ffff:1.2.3.4]:80"],
)
def test_a31_a_mapped_address_is_its_ipv4_address(notation: str) -> None:
    """In whatever notation, an IPv4-mapped address is the IPv4 address."""
    assert peer_address(notation) == peer_address("1.2.3.4")


@pytest.mark.parametrize(
    ("notation", "text"),
    [
        ("64:ff9b::1.2.3.4", "64:ff9b::102:304"),
        ("64:ff9b::102:304", "64:ff9b::102:304"),
        ("2002:102:304::", "2002:102:304::"),
        ("2002:102:304:5:6:7:8:9", "2002:102:304:5:6:7:8:9"),
    ],
)
def test_a31_translated_and_tunnelled_addresses_count_as_their_ipv4_address(notation: str, text: str) -> None:
    """NAT64 and 6to4 share the IPv4 address's counters, so switching form is no fresh budget."""
    assert peer_address(notation) == peer_address("1.2.3.4")._replace(text=text)


@given(st.ip_addresses(v=4))
def test_a31_every_ipv4_address_keeps_its_own_counter_in_every_form(address: IPv4Address) -> None:
    """No form pools IPv4 addresses: each one's counter is its own."""
    bits = int(address)
    forms = [(0xFFFF << 32) | bits, (0x0064_FF9B << 96) | bits, (0x2002 << 112) | (bits << 80) | 1]

    assert {peer_address(str(IPv6Address(form))).network for form in forms} == {str(address)}


@pytest.mark.parametrize(
    "notation",
    [
        *(
            "2001:db8::1.2.3.4",
            "::1.2.3.4",
            "64:ff9b:1::1.2.3.4",
            "64:ff9b::1:1.2.3.4",
            "::fffe:1.2.3.4",
            "::1:ffff:1.2.3.4",
        )
    ],
)
def test_a31_a_dotted_tail_alone_makes_no_ipv4_address(notation: str) -> None:
    """Bits decide, not notation: an IPv6 address that is written with dots stays one."""
    assert peer_address(notation).network.endswith("/64")


@pytest.mark.parametrize("zoned", ["fe80::1%eth0", "fe80::1%1", "[fe80::1%25eth0]:80", "fe80::1%"])
def test_a31_zones_are_dropped(zoned: str) -> None:
    """The zone of a link-local address opens no new counter."""
    assert peer_address(zoned) == peer_address("fe80::1")


NO_IPV4 = "1 1.2.3 1.2.3.4.5 256.1.1.1 01.2.3.4 0x7f.1 1.2.3.4/24 1.2.3.4%eth0 1.2.3.4, for=1.2.3.4 -1.2.3.4"
NO_IPV6 = ": ::: 2001:db8::g ::1/64 [::1 ::1] [1.2.3.4] [] [:] [::1]x [::1]x:80 [::1]80 [::1]: [::1]:x"
NO_PORT = (
    ":80 1.2.3.4: 1.2.3.4:x 1.2.3.4:x80 1.2.3.4:123456 1.2.3.4:-1 1.2.3.4:\u0661 1.2.3.4:80:80 [::1]:\u0661"
)
NO_ASCII = "\u0661.2.3.4 1\u0662.3.4.5 ::\u0661 \uff11.2.3.4 \ud800 1.2.3.4\x00"


@pytest.mark.parametrize(
    "text",
    ["", " 1.2.3.4", "1.2.3.4 5.6.7.8", "1" * 65, *f"{NO_IPV4} {NO_IPV6} {NO_PORT} {NO_ASCII}".split()],
    ids=ascii,
)
def test_a28_what_is_not_exactly_an_address_is_none(text: str) -> None:
    """Short forms, leading zeros, foreign digits, broken brackets and ports are no address."""
    assert read_node(text) is None


def test_a74_longer_than_64_characters_is_no_address() -> None:
    """64 characters, zone included, are read; 65 are not even looked at."""
    assert read_node("fe80::1%".ljust(64, "x")) == read_node("fe80::1")
    assert read_node("fe80::1%".ljust(65, "x")) is None


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1", "[::1]:80"])
def test_loopback_addresses_are_known(address: str) -> None:
    """IPv4, IPv6 and mapped loopback addresses are loopback."""
    assert peer_address(address).loopback


@pytest.mark.parametrize(
    "address", ["128.0.0.1", "::2", "2002:7f00:1::", "64:ff9b::127.0.0.1", "::127.0.0.1"]
)
def test_a31_nothing_else_passes_for_loopback(address: str) -> None:
    """A loopback address inside a translated or tunnelled one gives no loopback rights."""
    assert not peer_address(address).loopback


@pytest.mark.parametrize("address", [VICTIM, "2001:db8::1"])
def test_the_repr_shows_no_address(address: str) -> None:
    """Neither repr nor str of an address that was read show it: addresses are personal data."""
    found, node = peer_address(address), read_node(address)

    assert repr(found) == str(found) == "ClientAddress(loopback=False, suspect=None)"
    assert repr(node) == str(node) == "Node(ClientAddress(loopback=False, suspect=None))"


@given(st.text(st.characters(codec=None), max_size=80) | st.text("0123456789abcdef:.[]%_", max_size=70))
def test_a76_nothing_raises_and_what_is_read_is_in_its_normal_form(text: str) -> None:
    """Any text is an address or its own name, and reading what was read gives it again."""
    found = peer_address(text)

    assert peer_address(found.text) == found


def test_what_others_compare_with_keeps_its_name() -> None:
    """Adapters pass the Unix peer's name, and logs and dashboards filter by the reasons."""
    assert UNIX_PEER == "unix"
    assert [*Suspicion] == ["malformed", "unidentified", "too_many_hops", "all_trusted", "no_header"]
