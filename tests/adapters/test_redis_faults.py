"""Claims about a Redis that fails: each way to fail, and each thing that is asked of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from authguard_core.counting.ops import Admitted
from authguard_core.testing.clock import FrozenClock
from tests.adapters.redis_world import KINDS, Driven, answered, asked, proxy_to, resilient
from tests.servers import shared
from tests.servers.fault_proxy import Fault, FaultProxy
from tests.servers.redis_sentinel import RedisSentinel
from tests.servers.redis_server import RedisServer

OPS = ["admit", "settle", "unlock", "single use", "inspect"]


class Saying(NamedTuple):
    """What the server says in the place of an answer."""

    name: str
    fault: Fault
    says: bytes = b""


FAULTS = [
    Saying("refused", Fault.REFUSED),
    Saying("black hole", Fault.BLACK_HOLE),
    Saying("slow", Fault.STALLED),
    Saying("reset", Fault.RESET),
    Saying("lost reply", Fault.LOST_REPLY),
    Saying("cut reply", Fault.CUT_REPLY),
    Saying("garbage", Fault.GARBAGE),
    Saying("READONLY", Fault.SAYING, b"-READONLY You can't write against a read only replica.\r\n"),
    Saying("LOADING", Fault.SAYING, b"-LOADING Redis is loading the dataset in memory\r\n"),
    Saying("OOM", Fault.SAYING, b"-OOM command not allowed when used memory > 'maxmemory'.\r\n"),
    Saying("NOSCRIPT", Fault.SAYING, b"-NOSCRIPT No matching script. Please use EVAL.\r\n"),
]


SPOILT = {Fault.RESET, Fault.LOST_REPLY, Fault.CUT_REPLY, Fault.GARBAGE}


@pytest.fixture
def proxy() -> Iterator[FaultProxy]:
    """A proxy before the tests' server."""
    with proxy_to(str(shared.redis().socket)) as running:
        yield running


@pytest.fixture
def clock() -> FrozenClock:
    """The breaker's time."""
    return FrozenClock()


@pytest.fixture(params=KINDS)
def driven(request: pytest.FixtureRequest, proxy: FaultProxy, clock: FrozenClock) -> Iterator[Driven]:
    """A resilient store behind the proxy."""
    url = f"redis://127.0.0.1:{proxy.port}?socket_timeout=5&prefix={shared.prefix()}"
    with resilient(url, request.param, clock) as store:
        yield store


@pytest.fixture(params=KINDS)
def patient(request: pytest.FixtureRequest, proxy: FaultProxy, clock: FrozenClock) -> Iterator[Driven]:
    """One that waits for as long as it takes, for claims about what comes in the end."""
    url = f"redis://127.0.0.1:{proxy.port}?socket_timeout=20&prefix={shared.prefix()}"
    with resilient(url, request.param, clock, timeout=20) as store:
        yield store


def is_back(driven: Driven, clock: FrozenClock) -> bool:
    """Say whether the store itself answers, once its breaker asks it: a busy machine may miss a deadline."""
    for _ in range(20):
        clock.advance(60)
        if not driven.admit().local:
            return True
    return False


@pytest.mark.parametrize("op", OPS)
@pytest.mark.parametrize("how", FAULTS, ids=lambda how: how.name)
def test_a63_whatever_redis_does_there_is_an_answer_and_it_recovers_by_itself(
    driven: Driven, proxy: FaultProxy, clock: FrozenClock, how: Saying, op: str
) -> None:
    """An attempt is decided by stricter limits; whatever else is asked is told of the outage by one error."""
    asking = asked(driven.behind)[op]
    proxy.set(how.fault, says=how.says)
    answer = answered(driven, asking)
    assert (answer is None) == (op != "admit")
    assert not isinstance(answer, Admitted) or answer.local
    proxy.set(Fault.NONE)

    assert is_back(driven, clock)


@pytest.mark.parametrize("how", FAULTS, ids=lambda how: how.name)
def test_a63_no_fault_lets_more_than_the_local_limit_through(
    driven: Driven, proxy: FaultProxy, how: Saying
) -> None:
    """Two passwords of the account, by each process, however long it lasts."""
    proxy.set(how.fault, says=how.says)
    results = [driven.admit() for _ in range(10)]

    assert [isinstance(result, Admitted) for result in results] == [True] * 2 + [False] * 8
    assert all(result.local for result in results)


@pytest.mark.parametrize(
    "how",
    [
        *(
            how
            for how in FAULTS
            if how.fault in {Fault.RESET, Fault.LOST_REPLY, Fault.CUT_REPLY, Fault.GARBAGE}
        )
    ],
    ids=lambda how: how.name,
)
def test_a64_a_reply_that_was_lost_is_asked_for_again_and_counts_once(
    patient: Driven, proxy: FaultProxy, how: Saying
) -> None:
    """One bad connection is no outage."""
    patient.admit()
    proxy.set(how.fault, times=1)

    assert not patient.admit().local
    assert patient.failures() == 2


def test_a63_a_script_that_the_server_forgot_costs_one_more_trip(patient: Driven, proxy: FaultProxy) -> None:
    """A restart, a failover, ``SCRIPT FLUSH``: the whole script follows, and nobody notices."""
    patient.admit()
    with shared.redis().client() as client:
        client.script_flush()
    before = proxy.requests

    assert not patient.admit().local
    assert proxy.requests == before + 2


def test_a63_a_black_hole_is_asked_once_a_period(
    driven: Driven, proxy: FaultProxy, clock: FrozenClock
) -> None:
    """All other attempts cost no trip."""
    driven.behind.admit()
    proxy.set(Fault.BLACK_HOLE)
    before = proxy.requests
    for _ in range(3):
        for _ in range(20):
            driven.admit()
        clock.advance(60)

    assert proxy.requests == before + 3


@pytest.mark.parametrize("kind", KINDS)
def test_a65_a_server_that_was_killed_comes_back_with_its_locks(
    kind: str, tmp_path: Path, clock: FrozenClock
) -> None:
    """With its append-only file, ``appendfsync always``, nothing is lost."""
    shared.need_redis()
    kept = {"appendonly": "yes", "appendfsync": "always"}
    with (
        RedisServer(tmp_path, kept) as server,
        resilient(f"{server.url}?socket_timeout=5", kind, clock, timeout=5) as driven,
    ):
        first = [driven.admit() for _ in range(5)]
        server.kill()
        meanwhile = driven.admit()
        server.start()

        assert [isinstance(one, Admitted) for one in (*first, meanwhile)] == [True] * 6
        assert meanwhile.local
        clock.advance(60)
        after = driven.admit()
        assert (isinstance(after, Admitted), after.local) == (False, False)


@pytest.mark.parametrize("kind", KINDS)
def test_a65_after_a_failover_the_new_master_counts_on(kind: str, tmp_path: Path, clock: FrozenClock) -> None:
    """What the replica had received is kept; meanwhile each process counts on its own."""
    shared.need_redis()
    with (
        RedisSentinel(tmp_path) as servers,
        resilient(f"{servers.url}?socket_timeout=5", kind, clock, timeout=5) as driven,
    ):
        for _ in range(4):
            driven.admit()
        with servers.master.client() as client:
            client.wait(1, 5_000)
        servers.master.kill()
        assert driven.admit().local
        servers.wait_for_promotion()
        clock.advance(60)
        results = [driven.admit() for _ in range(3)]

        assert [isinstance(result, Admitted) for result in results] == [True, False, False]
        assert not any(result.local for result in results)


@pytest.mark.parametrize("kind", KINDS)
def test_a65_a_failover_to_a_stale_replica_forgets_what_it_never_heard_of(
    kind: str, tmp_path: Path, clock: FrozenClock
) -> None:
    """That is the loss: attempts of the last moment may be made once more, and never more than the limit."""
    shared.need_redis()
    with (
        RedisSentinel(tmp_path) as servers,
        resilient(f"{servers.url}?socket_timeout=5", kind, clock, timeout=5) as driven,
    ):
        driven.admit()
        with servers.master.client() as client:
            client.wait(1, 5_000)
        servers.replica.pause()
        for _ in range(4):
            driven.admit()
        servers.master.kill()
        servers.replica.resume()
        servers.wait_for_promotion()
        clock.advance(60)
        results = [driven.admit() for _ in range(6)]

        assert sum(isinstance(result, Admitted) for result in results) <= 5
        assert not isinstance(results[-1], Admitted)
