"""Whatever peer and headers say, the address that is counted is safe to count."""

from typing import Final

from authguard_asgi.requests import (
    attempt_of,
    client_address_of,
    content_length_of,
    content_type_of,
    device_cookie_of,
)
from authguard_core import AsyncGuard, Settings
from authguard_core.addresses import ClientAddress, peer_address
from authguard_core.clientip import TrustedProxies, client_address
from tests.fuzz.feed import chosen, divided, lines, text

__all__ = ["asgi", "forwarding"]

CLIENT: Final = "198.51.100.7"
TRUSTED: Final = (
    TrustedProxies.parse(["10.0.0.0/8", "2001:db8:ffff::/48"]),
    TrustedProxies.parse(["10.0.0.0/8", "unix"], header="forwarded"),
    TrustedProxies(),
)
LONGEST_COOKIE: Final = 512
GUARD: Final = AsyncGuard(
    Settings(secret_key="a secret for the fuzzers of forty-odd characters", trusted_proxies="10.0.0.0/8")
)


def forwarding(data: bytes) -> None:
    """Check ``client_address``: a variant, the peer, and lines of the header that is read."""
    which, rest = divided(data)
    trusted = chosen(TRUSTED, which)
    peer, *values = lines(rest, 40)
    headers = [(trusted.header.upper(), value) for value in values]
    found = client_address(peer, headers, trusted)
    assert_countable(found)
    assert client_address(peer, headers, trusted) == found
    if not trusted.trusts(peer):
        assert found == peer_address(peer), "an untrusted peer chose its address"
        return
    appended = f"for={CLIENT}" if trusted.header == "forwarded" else CLIENT
    behind = client_address(peer, [*headers, (trusted.header, appended)], trusted)
    assert behind == peer_address(CLIENT), "a client's header outweighs what the proxy appended"
    joined = ", ".join([*values, appended])
    assert client_address(peer, [(trusted.header, joined)], trusted) == peer_address(CLIENT)


def assert_countable(found: ClientAddress) -> None:
    """Claim that reading the address again gives it again, and that the repr doesn't show it."""
    assert peer_address(found.text) == found._replace(suspect=None)
    assert repr(found).startswith("ClientAddress(loopback=")


def asgi(data: bytes) -> None:
    """Check what is read from raw header bytes: lines of a name, a colon and a value."""
    which, rest = divided(data)
    client = chosen((("10.0.0.1", 4711), (CLIENT, 0), None, (text(rest), -1)), which)
    pairs = [line.partition(b":") for line in rest.split(b"\n")]
    scope = {"type": "http", "client": client, "headers": [(name, value) for name, _, value in pairs]}
    assert 0 <= content_length_of(scope) < 10**18
    assert content_type_of(scope) is None or isinstance(content_type_of(scope), str)
    cookie = device_cookie_of(scope, GUARD.cookie_name)
    assert cookie is None or len(cookie) <= LONGEST_COOKIE
    attempt = attempt_of(GUARD, scope, "alice")
    assert attempt.device == cookie
    assert client_address_of(GUARD, scope) == GUARD.client_address(attempt.peer or "", attempt.headers)
    assert_countable(client_address_of(GUARD, scope))
