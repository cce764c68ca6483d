"""Claims about looking passwords up: what is asked, what is kept, and what the answer means."""

import itertools
import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import anyio
import pytest

from authguard_core.passwords import Exposure
from authguard_httpx import AsyncPwnedPasswords, PwnedPasswords
from tests.adapters.range_client import FLAVOURS, Asker
from tests.adapters.range_server import (
    Behaviour,
    RangeServer,
    answer,
    digest,
    listing,
    rows,
    sending,
    serving_ranges,
    target_of,
    tunnelling,
)
from tests.adapters.support import Clock

KNOWN = "thistle saffron quartz ribbon"
UNKNOWN = "canary meadow quartz ribbon"
Ask = Callable[..., Asker]


@pytest.fixture
def server() -> Iterator[RangeServer]:
    with serving_ranges(listing(KNOWN)) as running:
        yield running


@pytest.fixture(params=FLAVOURS, ids=["sync", "async"])
def ask(request: pytest.FixtureRequest, server: RangeServer) -> Ask:
    """Make a look-up of either flavour at the server."""

    def make(base_url: str = server.url, **more: object) -> Asker:
        return Asker(request.param, base_url, **more)

    return make


def test_a_listed_password_is_breached(ask: Ask) -> None:
    """The server's list of its prefix holds the rest of its hash."""
    assert ask()(KNOWN) is Exposure.BREACHED


def test_a_password_that_is_not_listed_is_clear(ask: Ask) -> None:
    """The list holds others of the prefix only."""
    assert ask()(UNKNOWN) is Exposure.CLEAR


def test_a_row_of_padding_for_the_very_password_is_clear(ask: Ask, server: RangeServer) -> None:
    """Its count is 0."""
    server.behave = listing(KNOWN, count=0)
    assert ask()(KNOWN) is Exposure.CLEAR


@pytest.mark.parametrize(("seen", "exposure"), [(9, Exposure.CLEAR), (10, Exposure.BREACHED)])
def test_min_count_says_from_how_many_sightings_on(
    ask: Ask, server: RangeServer, seen: int, exposure: Exposure
) -> None:
    """Fewer are no breach."""
    server.behave = listing(KNOWN, count=seen)
    assert ask(min_count=10)(KNOWN) is exposure


def test_text_that_nothing_can_hash_is_refused_without_a_request(ask: Ask, server: RangeServer) -> None:
    """Half a surrogate pair has no UTF-8 form; nobody can say anything about it."""
    assert ask()(f"{KNOWN}\ud800") is Exposure.UNCHECKED
    assert server.requests == []


def test_five_digits_are_all_that_leaves(ask: Ask, server: RangeServer) -> None:
    """The request holds the prefix, and neither the rest of the hash nor the password."""
    ask()(KNOWN)
    (head,) = server.heads
    assert head.startswith(f"GET /range/{digest(KNOWN)[:5]} HTTP/1.1\r\n")
    assert digest(KNOWN)[5:9] not in head.upper()
    assert not any(word in head for word in KNOWN.split())


def test_the_request_asks_for_padding_in_plain_text_and_once(ask: Ask, server: RangeServer) -> None:
    """No compression, no kept connection, no cookies, and the service is told who asks."""
    ask()(KNOWN)
    lines = server.heads[0].splitlines()[1:-1]
    assert dict(line.split(": ", 1) for line in lines) == {
        "Host": f"127.0.0.1:{server.port}",
        "Add-Padding": "true",
        "User-Agent": "authguard",
        "Accept": "text/plain",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }


def test_a_cookie_is_not_sent_back(ask: Ask, server: RangeServer) -> None:
    """The service can't tell that two look-ups come from one place by more than their address."""
    server.behave = sending(answer(rows({}), b"Set-Cookie: canary=1"))
    asker = ask()
    for password in (KNOWN, UNKNOWN):
        asker(password)
    assert len(server.heads) == 2
    assert not any("cookie" in head.lower() for head in server.heads)


def test_a_mirror_may_have_a_path(ask: Ask, server: RangeServer) -> None:
    """The base address is kept whole, with or without a slash at its end."""
    for end in ("", "/"):
        ask(base_url=f"{server.url}/pwned/mirror{end}")(KNOWN)
    assert {target_of(request) for request in server.requests} == {f"/pwned/mirror/range/{digest(KNOWN)[:5]}"}


def test_a_name_with_several_addresses_is_tried_at_each(ask: Ask, server: RangeServer) -> None:
    """The server listens on one address of localhost only, which on many systems has two."""
    assert ask(base_url=f"http://localhost:{server.port}")(KNOWN) is Exposure.BREACHED


def test_a_chunked_answer_is_read(ask: Ask, server: RangeServer) -> None:
    """It says where it ends, as one with a length does."""
    body = rows({digest(KNOWN)[5:]: 1})
    chunks = b"".join(b"%X\r\n%b\r\n" % (len(part), part) for part in (body[:100], body[100:]))
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    server.behave = sending(head + chunks + b"0\r\n\r\n")
    assert ask()(KNOWN) is Exposure.BREACHED


def test_an_answer_is_kept(ask: Ask, server: RangeServer) -> None:
    """The same password again costs no request."""
    asker = ask()
    assert [asker(KNOWN) for _ in range(3)] == [Exposure.BREACHED] * 3
    assert len(server.requests) == 1


def neighbours() -> tuple[str, str]:
    """Two passwords whose hashes begin alike."""
    seen: dict[str, str] = {}
    for password in map("neighbour {}".format, itertools.count()):
        other = seen.setdefault(digest(password)[:5], password)
        if other != password:
            return other, password
    raise AssertionError


def test_what_is_kept_is_the_list_and_not_the_password(ask: Ask, server: RangeServer) -> None:
    """Another password of the same prefix is answered from the same list, by its own row."""
    one, other = neighbours()
    server.behave = listing(one)
    asker = ask()
    assert [asker(one), asker(other)] == [Exposure.BREACHED, Exposure.CLEAR]
    assert len(server.requests) == 1


def test_an_answer_is_forgotten_after_its_time(ask: Ask, server: RangeServer) -> None:
    """At the end of it, not before."""
    clock = Clock()
    asker = ask(clock=clock, cache_seconds=60)
    asker(KNOWN)
    clock.advance(59.9)
    asker(KNOWN)
    assert len(server.requests) == 1
    clock.advance(0.1)
    asker(KNOWN)
    assert len(server.requests) == 2


def test_the_answer_that_was_not_used_for_longest_gives_way(ask: Ask, server: RangeServer) -> None:
    """With room for two, the third takes the place of the one that wasn't asked for again."""
    first, second, third = KNOWN, UNKNOWN, "one more"
    asker = ask(cache_size=2)
    for password in (first, second, first, third, first):
        asker(password)
    assert len(server.requests) == 3
    asker(second)
    assert len(server.requests) == 4


@pytest.mark.parametrize("how", [{"cache_size": 0}, {"cache_seconds": 0}], ids=str)
def test_nothing_is_kept_where_nothing_may_be(ask: Ask, server: RangeServer, how: dict[str, Any]) -> None:
    """Each look-up asks."""
    asker = ask(**how)
    assert [asker(KNOWN), asker(KNOWN)] == [Exposure.BREACHED] * 2
    assert len(server.requests) == 2


def test_closing_forgets_and_leaves_it_usable(ask: Ask, server: RangeServer) -> None:
    """What was kept is gone, and the next look-up asks again."""
    asker = ask()
    asker(KNOWN)
    asker.close()
    assert asker(KNOWN) is Exposure.BREACHED
    assert len(server.requests) == 2


def test_leaving_a_with_block_closes(server: RangeServer) -> None:
    """The synchronous one is a context manager."""
    with Asker(PwnedPasswords, server.url).client as client:  # type: ignore[union-attr]
        client.lookup(KNOWN)
    client.lookup(KNOWN)
    assert len(server.requests) == 2


@pytest.mark.anyio
async def test_leaving_an_async_with_block_closes(server: RangeServer) -> None:
    """The asynchronous one is an asynchronous one."""
    async with Asker(AsyncPwnedPasswords, server.url).client as client:  # type: ignore[union-attr]
        await client.lookup(KNOWN)
    await client.lookup(KNOWN)
    assert len(server.requests) == 2


MANY = [f"password {number}" for number in range(40)]
HALF = MANY[::2]
EXPECTED = [Exposure.BREACHED if password in HALF else Exposure.CLEAR for password in MANY] * 3


def test_many_threads_share_one_look_up(server: RangeServer) -> None:
    """With a cache that is always full each gets the answer for its own password."""
    server.behave = listing(*HALF)
    client = PwnedPasswords(**Asker.defaults(server.url), cache_size=5)
    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(client.lookup, MANY * 3)) == EXPECTED


@pytest.mark.anyio
async def test_many_tasks_share_one_look_up(server: RangeServer) -> None:
    """And so do tasks: more of them than there may be connections."""
    server.behave = listing(*HALF)
    client = AsyncPwnedPasswords(**Asker.defaults(server.url), cache_size=5)
    found: dict[int, Exposure] = {}

    async def one(number: int, password: str) -> None:
        found[number] = await client.lookup(password)

    async with anyio.create_task_group() as tasks:
        for number, password in enumerate(MANY * 3):
            tasks.start_soon(one, number, password)
    assert [found[number] for number in range(len(found))] == EXPECTED


def test_a_proxy_is_used_only_where_it_is_named(
    ask: Ask, server: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One from the environment would learn prefixes that nobody wanted it to."""
    with serving_ranges(listing(KNOWN)) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        ask()(KNOWN)
        assert (len(server.requests), len(proxy.requests)) == (1, 0)
        assert ask(proxy=proxy.url)(KNOWN) is Exposure.BREACHED
        assert (len(server.requests), len(proxy.requests)) == (1, 1)


def test_a_proxy_gets_its_credentials(ask: Ask, server: RangeServer) -> None:
    """They are taken out of its address."""
    ask(proxy=server.url.replace("//", "//user:p%40ss@"))(KNOWN)
    assert "proxy-authorization: basic dxnlcjpwqhnz" in server.heads[0].lower()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new key and a certificate for this address, in one file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl command to make a certificate with")
    place = tmp_path_factory.mktemp("tls")
    options = ["-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=range"]
    extensions = ["subjectAltName=IP:127.0.0.1", "keyUsage=critical,digitalSignature,keyCertSign"]
    added = itertools.chain.from_iterable(("-addext", extension) for extension in extensions)
    files = ["-keyout", str(place / "key"), "-out", str(place / "certificate")]
    subprocess.run([openssl, "req", "-x509", *options, *added, *files], check=True, capture_output=True)
    return place


def serving_tls(certificate: Path, behave: Behaviour) -> AbstractContextManager[RangeServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "certificate", certificate / "key")
    return serving_ranges(behave, context)


def test_over_tls_the_answer_counts(ask: Ask, certificate: Path) -> None:
    """With the certificate of an authority of one's own."""
    trusting = ssl.create_default_context(cafile=str(certificate / "certificate"))
    with serving_tls(certificate, listing(KNOWN)) as safe:
        assert ask(base_url=safe.url, ssl_context=trusting)(KNOWN) is Exposure.BREACHED


def test_a_certificate_that_nobody_vouches_for_is_a_failure(ask: Ask, certificate: Path) -> None:
    """Who pretends to be the service is told nothing, and can call nothing clear."""
    with serving_tls(certificate, listing()) as pretender:
        assert ask(base_url=pretender.url)(KNOWN) is Exposure.UNKNOWN
        assert pretender.requests == []


def test_through_a_proxy_tls_goes_from_end_to_end(ask: Ask, server: RangeServer, certificate: Path) -> None:
    """The proxy sees which server is meant, not what it is asked."""
    trusting = ssl.create_default_context(cafile=str(certificate / "certificate"))
    server.behave = tunnelling
    with serving_tls(certificate, listing(KNOWN)) as safe:
        asker = ask(base_url=safe.url, ssl_context=trusting, proxy=server.url)
        assert asker(KNOWN) is Exposure.BREACHED
        assert target_of(server.requests[0]) == f"127.0.0.1:{safe.port}"
        assert len(safe.requests) == 1
