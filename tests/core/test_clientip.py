"""Claims about the client address and what is counted for it."""

from ipaddress import IPv4Network
from typing import SupportsIndex

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from authguard_core.clientip import (
    MAX_HOPS,
    UNIX_PEER,
    ClientAddress,
    ForwardingHeader,
    Suspicion,
    TrustedProxies,
    client_address,
)
from authguard_core.errors import ConfigurationError

NOBODY = TrustedProxies()
PROXIES = TrustedProxies.parse(["10.0.0.0/8", "2001:db8:ffff::/48"])
FORWARDED = TrustedProxies.parse(["10.0.0.0/8"], header="forwarded")
PROXY = "10.0.0.1"
CLIENT = "198.51.100.7"
VICTIM = "203.0.113.9"

ANY_TEXT = st.text(st.characters(codec=None), max_size=80)
HEADER_TEXT = (
    st.text(st.sampled_from(list('for=_unkw;:.,"\\[]%0123456789af \t\u0661/')), max_size=120) | ANY_TEXT
)
HEADER_LINES = st.lists(HEADER_TEXT, max_size=4)
ADDRESSES = st.ip_addresses().map(str)


def through(proxies: TrustedProxies, *lines: str, peer: str = PROXY) -> ClientAddress:
    """Resolve what a proxy forwards in header lines of the configured name."""
    return client_address(peer, [(proxies.header, line) for line in lines], proxies)


def alone(peer: str) -> ClientAddress:
    """Resolve a peer that nobody trusts."""
    return client_address(peer, [], NOBODY)


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "x-forwarded-for", "Forwarded", "X-Real-IP", "Client-IP"]
)
def test_a26_without_trusted_proxies_headers_are_ignored(header: str) -> None:
    """A header from anybody says nothing when no proxy is configured."""
    assert client_address(CLIENT, [(header, f"for={VICTIM}"), (header, VICTIM)], NOBODY) == alone(CLIENT)


def test_a29_a_spoofed_address_is_never_charged() -> None:
    """A peer outside the trusted networks can't put another's address on the bill."""
    assert client_address(CLIENT, [("x-forwarded-for", VICTIM)], PROXIES).network == CLIENT


def test_a29_the_headers_of_an_untrusted_peer_are_not_read() -> None:
    """What an untrusted peer sends costs nothing: its headers are not even looked at."""
    headers = iter([("x-forwarded-for", VICTIM)])

    client_address(CLIENT, headers, PROXIES)

    assert next(headers) == ("x-forwarded-for", VICTIM)


def test_a26_the_first_untrusted_hop_from_the_right_is_the_client() -> None:
    """Of everything forwarded only the last address that no trusted proxy has counts."""
    assert through(PROXIES, f"{VICTIM}, {CLIENT}, 10.0.0.3, 10.0.0.2") == alone(CLIENT)


@given(st.lists(HEADER_TEXT, max_size=5))
def test_a26_rotating_entries_on_the_left_change_nothing(spoofed: list[str]) -> None:
    """Whatever a client writes, the entry that the proxy appends decides."""
    appended = ",".join([*spoofed, CLIENT])
    elements = ",".join([*spoofed, f'for="{CLIENT}:1234";proto=https'])

    assert through(PROXIES, appended) == alone(CLIENT)
    assert through(FORWARDED, elements) == alone(CLIENT)


@given(HEADER_LINES)
def test_a26_rotating_lines_above_change_nothing(spoofed: list[str]) -> None:
    """A client's own header lines come before the proxy's and are not reached."""
    assert through(PROXIES, *spoofed, CLIENT) == alone(CLIENT)
    assert through(FORWARDED, *spoofed, f"for={CLIENT}") == alone(CLIENT)


def test_a28_several_header_lines_are_one_list_in_their_order() -> None:
    """The last line is the right end of the list, the line before continues it."""
    assert through(PROXIES, VICTIM, CLIENT, "10.0.0.3", "10.0.0.2").network == CLIENT


def test_a26_when_all_hops_are_trusted_the_leftmost_is_the_client() -> None:
    """A request from inside is counted under the machine that it began at, and marked."""
    found = through(PROXIES, "10.0.0.4, 10.0.0.3")

    assert (found.text, found.suspect) == ("10.0.0.4", Suspicion.ALL_TRUSTED)


@pytest.mark.parametrize("lines", [[], [""], [" , ,, "]], ids=["no line", "empty", "commas"])
def test_a28_a_proxy_that_forwards_nothing_is_the_client(lines: list[str]) -> None:
    """Without an entry the proxy's own address counts, and is marked."""
    found = through(PROXIES, *lines)

    assert (found.text, found.suspect) == (PROXY, Suspicion.NO_HEADER)


def test_a28_empty_elements_are_skipped() -> None:
    """Stray commas are no hops."""
    assert through(PROXIES, f"{CLIENT},, ,10.0.0.2,").network == CLIENT


def test_the_name_of_a_header_has_no_case() -> None:
    """X-FORWARDED-FOR is x-forwarded-for."""
    assert client_address(PROXY, [("X-FORWARDED-FOR", CLIENT)], PROXIES).network == CLIENT


@pytest.mark.parametrize(
    ("proxies", "other"),
    [(PROXIES, ("forwarded", f"for={VICTIM}")), (FORWARDED, ("x-forwarded-for", VICTIM))],
)
def test_a26_only_the_configured_header_is_read(proxies: TrustedProxies, other: tuple[str, str]) -> None:
    """The other forwarding header passes proxies as the client sent it, so it says nothing."""
    entry = CLIENT if proxies is PROXIES else f"for={CLIENT}"

    assert client_address(PROXY, [other, (proxies.header, entry), other], proxies) == alone(CLIENT)


@pytest.mark.parametrize(
    "garbage",
    ["garbage", "X1.2.3.4", "1.2.3", "1.2.3.4:x", "\u0661.2.3.4", "\ud800", '"1.2.3.4"', "a" * 600],
    ids=ascii,
)
def test_a28_garbage_in_a_trusted_position_falls_back_to_the_peer(garbage: str) -> None:
    """An entry that can't be read ends the walk at the proxy, and the address is marked."""
    found = through(PROXIES, f"{VICTIM}, {garbage}")

    assert (found.text, found.suspect) == (PROXY, Suspicion.MALFORMED)


def test_a28_garbage_behind_good_hops_falls_back_to_the_last_good_one() -> None:
    """What trusted proxies said up to the garbage still counts."""
    found = through(PROXIES, f"{VICTIM}, garbage, 10.0.0.3, 10.0.0.2")

    assert (found.text, found.suspect) == ("10.0.0.3", Suspicion.MALFORMED)


@pytest.mark.parametrize("hidden", ["unknown", "UNKNOWN", "_hidden", "_SEVKISEK"])
def test_a28_a_hop_that_hides_its_client_stands_for_it(hidden: str) -> None:
    """For 'unknown' and obfuscated names the hop that wrote them is counted, and marked."""
    plain, element = (
        through(PROXIES, f"{VICTIM}, {hidden}"),
        through(FORWARDED, f"for={VICTIM}, for={hidden}"),
    )

    assert plain == element
    assert (plain.text, plain.suspect) == (PROXY, Suspicion.UNIDENTIFIED)


def test_a28_a_hop_of_its_own_ends_a_walk_that_is_too_long() -> None:
    """Beyond 32 trusted hops the walk stops where it is, and the address is marked."""
    hops = [f"10.0.1.{number}" for number in range(MAX_HOPS, 0, -1)]

    assert through(PROXIES, f"{CLIENT}, {', '.join(hops[1:])}") == alone(CLIENT)
    assert through(PROXIES, ", ".join(hops)).suspect is Suspicion.ALL_TRUSTED
    assert through(PROXIES, f"{CLIENT}, {', '.join(hops)}") == alone("10.0.1.32")._replace(
        suspect=Suspicion.TOO_MANY_HOPS
    )


class Watched(str):
    """A header value that records how far to the left it is looked at."""

    __slots__ = ("lowest",)

    def rfind(self, sub: str, start: SupportsIndex | None = 0, end: SupportsIndex | None = None, /) -> int:
        self.look_at(start)
        return super().rfind(sub, start, end)

    def __getitem__(self, key: SupportsIndex | slice) -> str:
        self.look_at(key.start if isinstance(key, slice) else key)
        return super().__getitem__(key)

    def split(self, *_: object, **__: object) -> list[str]:
        raise AssertionError

    rsplit = partition = rpartition = strip = __iter__ = split  # type: ignore[assignment]

    def look_at(self, start: SupportsIndex | None) -> None:
        position = 0 if start is None else start.__index__()
        self.lowest = min(getattr(self, "lowest", len(self)), position)


@pytest.mark.parametrize(
    "line",
    [
        "10.0.0.2, " * 10_000,
        "," * 100_000,
        "a" * 100_000,
        '"' * 100_001,
        '" " ' * 25_000,
        '\\"' * 50_000 + '"',
    ],
    ids=["hops", "commas", "letters", "quotes", "strings", "escapes"],
)
@pytest.mark.parametrize("proxies", [PROXIES, FORWARDED], ids=["x-forwarded-for", "forwarded"])
def test_a28_a74_only_the_tail_of_a_long_header_is_looked_at(proxies: TrustedProxies, line: str) -> None:
    """Ten thousand hops cost what 33 cost: never more than 33 elements of 513 characters are touched."""
    watched = Watched(line)

    found = through(proxies, watched)

    assert found.suspect is not None
    assert len(watched) - watched.lowest <= (MAX_HOPS + 1) * 513


@pytest.mark.parametrize(
    ("element", "address"),
    [
        ("for=192.0.2.43", "192.0.2.43"),
        ("For=192.0.2.43", "192.0.2.43"),
        ("for=192.0.2.43:4711", "192.0.2.43"),
        ('for="192.0.2.43:4711"', "192.0.2.43"),
        ('for="192.0.2.43:_port"', "192.0.2.43"),
        ('for="[2001:db8:cafe::17]"', "2001:db8:cafe::17"),
        ('for="[2001:db8:cafe::17]:4711"', "2001:db8:cafe::17"),
        ('for="[::1]:80"', "::1"),
        ("for=192.0.2.43;by=203.0.113.60;proto=http;host=example.com", "192.0.2.43"),
        ("proto=http; for = 192.0.2.43 ;by=_x", "192.0.2.43"),
        ('host="a,b;for=6.6.6.6";for=192.0.2.43', "192.0.2.43"),
        ('host="a\\";for=6.6.6.6,for=6.6.6.6";for=192.0.2.43', "192.0.2.43"),
        ('for=192.0.2.43;ext="ends with a backslash \\\\"', "192.0.2.43"),
        ('host="a\\\\\\";for=6.6.6.6,for=6.6.6.6";for=192.0.2.43', "192.0.2.43"),
        ('ext="\\\\";for=192.0.2.43;ext="\\"\\""', "192.0.2.43"),
        ("ext=a\\b;for=192.0.2.43", "192.0.2.43"),
    ],
)
def test_a28_forwarded_elements_are_read_as_rfc_7239_says(element: str, address: str) -> None:
    """Quotes, brackets, ports and neighbours of 'for' are understood, and what is quoted is no syntax."""
    assert through(FORWARDED, f"for={VICTIM}, {element}") == alone(address)


@pytest.mark.parametrize(
    ("element", "suspicion"),
    [
        ("for=1.2.3.4;for=5.6.7.8", Suspicion.MALFORMED),
        ("for=1.2.3.4;FOR=5.6.7.8", Suspicion.MALFORMED),
        ('for="1.2.3.4', Suspicion.MALFORMED),
        ('for=1.2.3.4"', Suspicion.MALFORMED),
        ('for="\\1.2.3.4"', Suspicion.MALFORMED),
        ('\\"for=1.2.3.4"', Suspicion.MALFORMED),
        ("for=garbage", Suspicion.MALFORMED),
        ("for=1.2.3.4=5", Suspicion.MALFORMED),
        ("for=\x0b1.2.3.4", Suspicion.MALFORMED),
        ("\x0bfor=1.2.3.4", Suspicion.UNIDENTIFIED),
        ('for="[::1"', Suspicion.MALFORMED),
        ("1.2.3.4", Suspicion.UNIDENTIFIED),
        ("proto=https", Suspicion.UNIDENTIFIED),
        ("for=", Suspicion.UNIDENTIFIED),
        ('for=""', Suspicion.UNIDENTIFIED),
        ('for="unknown:80"', Suspicion.UNIDENTIFIED),
        ('for="_hidden:_port"', Suspicion.UNIDENTIFIED),
    ],
)
def test_a28_forwarded_elements_that_name_no_address_fall_back(element: str, suspicion: Suspicion) -> None:
    """What can't be read or hides the address leaves the proxy's own, marked with why."""
    found = through(FORWARDED, f"for={VICTIM},{element}")

    assert (found.text, found.suspect) == (PROXY, suspicion)


@pytest.mark.parametrize("before", ["", ",", f"for={VICTIM},"])
def test_a28_an_element_of_512_characters_is_the_longest_read(before: str) -> None:
    """512 characters are read, at the line's start and after a comma; 513 are no honest entry."""
    element = f'"x";for={CLIENT};ext='

    assert through(FORWARDED, before + element.ljust(512, "x")) == alone(CLIENT)
    assert through(FORWARDED, before + element.ljust(513, "x")).suspect is Suspicion.MALFORMED


def test_a28_a_quote_that_a_client_leaves_open_swallows_nothing() -> None:
    """The list is split from the right, so an open quote on the left can't reach the proxy's entry."""
    assert through(FORWARDED, f'for="evil, for={CLIENT}') == alone(CLIENT)
    assert through(FORWARDED, f'for="evil\\, for="[{CLIENT}', f"for={CLIENT}") == alone(CLIENT)


def test_a28_an_escaped_quote_reaches_back_to_no_other_element() -> None:
    """What a client quotes further left doesn't become one text with what the proxy quotes."""
    assert through(FORWARDED, f'for={VICTIM};a="x", for={CLIENT};b="y\\"z"') == alone(CLIENT)


@given(
    st.sampled_from([PROXY, CLIENT, UNIX_PEER]) | ANY_TEXT,
    HEADER_LINES,
    st.sampled_from([PROXIES, FORWARDED, NOBODY]),
)
@example(PROXY, ["\ud800"], PROXIES)
@example("1.2.3.4\n", [""], PROXIES)
def test_a28_a76_nothing_that_is_sent_raises(peer: str, lines: list[str], proxies: TrustedProxies) -> None:
    """Any peer with any header text gets an answer that is safe to count."""
    found = client_address(peer, [(proxies.header, line) for line in lines], proxies)

    assert isinstance(found, ClientAddress)


@given(ADDRESSES, HEADER_LINES)
def test_a28_an_address_found_by_a_walk_is_in_its_normal_form(peer: str, lines: list[str]) -> None:
    """Resolving the address that was found again gives the same address."""
    found = client_address(peer, [("x-forwarded-for", line) for line in lines], PROXIES)

    assert alone(found.text)._replace(suspect=None) == found._replace(suspect=None)


@pytest.mark.parametrize("address", ["2002:a00:1::", "64:ff9b::10.0.0.1"])
def test_a31_a_tunnelled_address_is_no_trusted_proxy(address: str) -> None:
    """A peer can't make itself a trusted proxy by the IPv4 address inside its IPv6 address."""
    assert through(PROXIES, VICTIM, peer=address).text == address.replace("10.0.0.1", "a00:1")


@pytest.mark.parametrize(
    ("value", "inside", "outside"),
    [
        ("10.0.0.0/8", "10.255.255.255", "11.0.0.0"),
        (" 192.0.2.1 ", "192.0.2.1", "192.0.2.2"),
        ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"),
        ("::1", "::1", "::2"),
        ("fc00::/7", "fdff::1", "fe80::1"),
        ("::ffff:192.0.2.0/120", "192.0.2.255", "192.0.3.0"),
        ("192.0.2.0/24", "::ffff:192.0.2.7", "::ffff:192.0.3.7"),
        ("unix", "unix", "testclient"),
        ("fe80::/64", "fe80::1%eth0", "2001:db8::1"),
    ],
)
def test_a26_exactly_the_named_proxies_are_trusted(value: str, inside: str, outside: str) -> None:
    """An address, a network or the Unix socket is trusted, its neighbour isn't."""
    proxies = TrustedProxies.parse([value])

    assert proxies.trusts(inside)
    assert not proxies.trusts(outside)


def test_a26_a_unix_socket_is_trusted_only_when_named() -> None:
    """The peer of a Unix socket is believed with 'unix' in the list, and not without."""
    assert through(TrustedProxies.parse(["unix"]), CLIENT, peer=UNIX_PEER) == alone(CLIENT)
    assert through(PROXIES, CLIENT, peer=UNIX_PEER) == alone(UNIX_PEER)


@given(ADDRESSES | ANY_TEXT)
def test_a26_by_default_nobody_is_trusted(peer: str) -> None:
    """Without configuration no peer is a proxy."""
    assert not NOBODY.trusts(peer)
    assert not TrustedProxies.parse([]).trusts(peer)


WILDCARDS = "* 0.0.0.0/0 ::/0 ::ffff:0:0/96 ::ffff:0.0.0.0/100 0.0.0.0/1 10.0.0.0/7 2000::/3 fc00::/6"
HOST_BITS = (
    "10.0.0.1/8 2001:db8::1/64 10/8 10.0.0.0/33 ::/129 10.0.0.0/-1 10.0.0.0/ 10.0.0.0/8/8 10.0.0.0/\u0668"
)
NAMES = (
    "proxy.internal localhost UNIX unix:/run/app.sock fe80::1%eth0 fe80::%eth0/64 [::1] 1.2.3.4:80 01.2.3.4"
)
RANGES = "10.0.0.0/255.0.0.0 10.0.0.0/0.255.255.255 10.0.0.0-10.0.0.9"


@pytest.mark.parametrize("value", ["", " ", *f"{WILDCARDS} {HOST_BITS} {NAMES} {RANGES}".split()], ids=ascii)
def test_a26_a96_what_is_no_network_of_proxies_is_refused(value: str) -> None:
    """A wildcard, a network wide enough for clients, host bits, names and garbage don't start."""
    with pytest.raises(ConfigurationError) as refusal:
        TrustedProxies.parse(["192.0.2.1", value])

    got, expected, do = "TRUSTED_PROXIES: got ", "expected an address, a network", "Name only the networks"
    assert all(part in str(refusal.value) for part in (got, expected, do))


def test_a96_a_network_that_is_too_wide_is_refused_without_parse_too() -> None:
    """Building the object directly is no way round the refusal."""
    with pytest.raises(ConfigurationError, match=r"TRUSTED_PROXIES: got '0\.0\.0\.0/0'"):
        TrustedProxies(networks=(IPv4Network("0.0.0.0/0"),))


def test_a96_one_text_in_place_of_a_list_is_refused() -> None:
    """A text would be read letter by letter; the refusal says to use a list."""
    with pytest.raises(ConfigurationError, match="Put the text into a list"):
        TrustedProxies.parse("10.0.0.0/8")


def test_a96_an_unknown_header_is_refused() -> None:
    """Only the two headers whose grammar is known can be chosen."""
    with pytest.raises(ConfigurationError) as refusal:
        TrustedProxies.parse([], header="x-real-ip")

    got, do = "TRUSTED_HEADER: got 'x-real-ip'", "Name the one that your proxies write."
    assert str(refusal.value) == f"{got}, expected x-forwarded-for or forwarded. {do}"


def test_the_header_is_chosen_in_any_case() -> None:
    """The header's name may be written as it is on the wire."""
    assert TrustedProxies.parse([], header="Forwarded").header is ForwardingHeader.FORWARDED
