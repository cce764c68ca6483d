"""Work: twice as long an input takes at most about twice as much, and a delay is never waited for.

What is measured is work, not time, see :mod:`tests.attacks.work`.
"""

import asyncio
from itertools import product

import pytest

from authguard_core import AsyncGuard, AsyncMemoryStorage, Attempt, MemoryStorage, Settings
from authguard_core.body import BodyShape, read_fields
from authguard_core.clientip import TrustedProxies, client_address
from authguard_core.device import Subject, read
from authguard_core.identity import canonical
from authguard_core.keys import KeyRing
from tests.attacks.work import MOST, growth, too_steep, work_of
from tests.attacks.world import SECRET, Clock, Login, make_login

ENDLESS = BodyShape(max_bytes=10**9)
RING, SUBJECT = KeyRing([SECRET.encode()]), Subject("identifier", "alice")
TRUSTED = {
    name: TrustedProxies.parse(["10.0.0.0/8"], header=name) for name in ("x-forwarded-for", "forwarded")
}

PIECES = [",", '"', "\\", ";", "[", "=", "for=", "10.0.0.1", " ", "%", ":", "a"]
UNITS = ["".join(pair) for pair in product(PIECES, repeat=2)]


def test_the_measure_finds_a_quadratic_reader() -> None:
    """What removes a letter a time from its input is told apart from what goes over it once."""

    def quadratic(text: str) -> None:
        while text:
            text = text.removeprefix(text[0])

    assert growth(quadratic, "a", 400) > 3
    assert growth(lambda text: [one for one in text if one.isalpha()], "a", 400) < 2.2


@pytest.mark.parametrize("header", TRUSTED)
def test_a74_forwarding_headers_are_read_in_linear_work(header: str) -> None:
    """Of 144 hostile repetitions in one line none takes more than 2.5 times the work at twice the length."""
    trusted = TRUSTED[header]

    def one_line(text: str) -> object:
        return client_address("10.0.0.1", [(header, text)], trusted)

    assert too_steep(one_line, UNITS, 20_000) == {}


@pytest.mark.parametrize("header", TRUSTED)
def test_a74_many_forwarding_lines_are_read_in_linear_work(header: str) -> None:
    """Nor do as many header lines as there are characters."""
    trusted = TRUSTED[header]

    def many_lines(text: str) -> object:
        return client_address("10.0.0.1", [(header, one) for one in text], trusted)

    assert too_steep(many_lines, [",", '"', "1", "\\"], 2_000) == {}


@pytest.mark.parametrize(
    "unit", ["a", "\ufdfa", "\u0301", "\u200b", "\u1e9b\u0323", "e\u0301", " \u00df", "\0"]
)
def test_a22_a74_names_are_canonicalised_in_linear_work(unit: str) -> None:
    """Up to the longest legal name work grows with the length, and beyond it not at all."""
    assert growth(canonical, unit, 150) <= MOST
    assert work_of(lambda: canonical(unit * 500_000)) <= work_of(lambda: canonical(unit * 400))


BODIES = {
    "application/json": ["[", '{"a":', '"', "\\", '\\"', "1", " ", '["', '{"a":1},', "\\u0061", ","],
    "application/x-www-form-urlencoded": ["&", "a=b&", "%", "%41", "=", "+", "a", "&&=", ";"],
}


@pytest.mark.parametrize(
    ("media_type", "around"),
    [("application/json", "{}"), ("application/json", '{{"username": "{}'), ("application/json", "[{}]"),
     ("application/x-www-form-urlencoded", "{}"), ("application/x-www-form-urlencoded", "username={}")],
)  # fmt: skip
def test_a74_bodies_are_read_in_linear_work(media_type: str, around: str) -> None:
    """JSON and forms of any hostile repetition: twice the length is at most 2.5 times the work."""

    def body(text: str) -> object:
        return read_fields(media_type, around.format(text).encode(), ENDLESS)

    assert too_steep(body, BODIES[media_type], 4_000) == {}


def test_a74_content_types_are_read_in_linear_work() -> None:
    """Thousands of parameters are gone over once."""

    def body(text: str) -> object:
        return read_fields(f"application/json{text}", b"{}")

    assert too_steep(body, [";", ";a=b", ";charset=utf-8", " ", '"', "+json", "/"], 4_000) == {}


def test_a74_device_cookies_are_read_in_linear_work() -> None:
    """A cookie of any length is decoded a fixed number of times."""
    assert too_steep(lambda text: read(RING, SUBJECT, text, now=0), ["A", "=", "-_", "\0"], 4_000) == {}


def test_a67_an_attempt_takes_as_much_work_in_a_store_of_10_000_keys() -> None:
    """Work is a constant per attempt: five hundred cost at most 1.5 times what they do in an empty store."""

    def flood(login: Login, base: int, count: int) -> None:
        for number in range(base, base + count):
            address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
            login.guard.check(Attempt(identifier=f"user{number}", peer=address))

    few, many = make_login(subnet_limit="off"), make_login(subnet_limit="off")
    flood(many, 100_000, 5_000)
    assert len(many.store) == 10_000
    flood(few, 50_000, 1)
    in_few = work_of(lambda: flood(few, 0, 500))
    assert work_of(lambda: flood(many, 0, 500)) <= 1.5 * in_few


def test_a42_a_refused_attempt_waits_for_nothing() -> None:
    """A thousand attempts during a delay, and a thousand during a lock, end without a single suspension.

    So no worker and no connection is held: the delay is only told, and its waiting is the client's.
    """
    store = AsyncMemoryStorage(MemoryStorage(clock=Clock()))
    guard = AsyncGuard(Settings.load(secret_key=SECRET), storage=store)
    delays = [
        finished_at_once(guard, Attempt(identifier="alice", peer=f"10.0.{n}.1"))
        for n in range(250)
        for _ in "1234"
    ]
    assert delays.count(None) == 3
    assert set(delays) == {None, 1}


def finished_at_once(guard: AsyncGuard, attempt: Attempt) -> int | None:
    """Run a check without an event loop, and return its Retry-After; fail if it waits for anything."""
    running = guard.check(attempt)
    try:
        waiting_for = running.send(None)
    except StopIteration as finished:
        return None if finished.value.allowed else finished.value.retry_after
    raise AssertionError(waiting_for)


def test_a42_what_waits_is_found() -> None:
    """The measure of the claim above: a coroutine that sleeps does suspend."""
    sleeping = asyncio.sleep(0)
    assert sleeping.send(None) is None
    sleeping.close()
