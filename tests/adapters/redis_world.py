"""Stores over real servers, of both kinds, driven alike; and the operations that the tests ask of them."""

import asyncio
import itertools
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from authguard_core import StorageError
from authguard_core.counting.limits import Rule
from authguard_core.counting.ops import (
    Admit,
    Admitted,
    Charge,
    Clear,
    Inspect,
    Inspected,
    Op,
    PutOnce,
    Refused,
    Result,
    Settle,
    Take,
)
from authguard_core.counting.refusal import Scope
from authguard_core.facts import Fact
from authguard_core.keys import KeyRing
from authguard_core.resilience import AsyncResilientStorage, ResilientStorage
from authguard_core.testing.clock import FrozenClock
from authguard_redis import open_async_storage, open_storage
from tests.servers.fault_proxy import FaultProxy

WINDOW = 900_000
RING = KeyRing([b"nobody signs anything real with it"])
PLACE, OWNER = RING.group("subnet", "here"), RING.group("account", "alice")
ADDRESS = Charge(Scope.ADDRESS, RING.member(PLACE, "address"), Rule(30, WINDOW))
ACCOUNT = Charge(
    Scope.ACCOUNT,
    RING.member(OWNER, "account"),
    Rule(5, WINDOW, lock=WINDOW, lock_max=4 * WINDOW, cap=100),
)
LOCAL = (ADDRESS._replace(rule=Rule(15, WINDOW)), ACCOUNT._replace(rule=ACCOUNT.rule._replace(limit=2)))
CODE = RING.member(OWNER, "code")
DEADLINE = 0.5
KINDS = ["threads", "event loop"]

_numbers = itertools.count(1)


def attempt() -> Admit:
    """A new attempt of one account, from one address."""
    return Admit(next(_numbers), 7, (ADDRESS, ACCOUNT), local=LOCAL)


class Driven:
    """A store of either kind. It waits for what has to be awaited."""

    def __init__(self, store: Any, runner: asyncio.Runner | None) -> None:  # noqa: ANN401 - any store
        self.store = store
        self.runner = runner
        self.behind = self
        """The store behind a resilient one: what a test prepares over it misses no deadline."""

    def execute(self, *ops: Op) -> Sequence[Result]:
        """Carry operations out in one trip."""
        if self.runner is None:
            results: Sequence[Result] = self.store.execute(ops)
            return results
        return self.runner.run(self.store.execute(ops))

    def one(self, op: Op) -> Result:
        """Carry one operation out."""
        (result,) = self.execute(op)
        return result

    def facts(self) -> Sequence[Fact]:
        """Ask the store how its servers stand."""
        if self.runner is None:
            facts: Sequence[Fact] = self.store.facts()
            return facts
        return self.runner.run(self.store.facts())

    def admit(self) -> Admitted | Refused:
        """Begin an attempt."""
        result = self.one(attempt())
        assert isinstance(result, Admitted | Refused)
        return result

    def failures(self) -> int:
        """Say how many attempts the account's counter holds."""
        seen = self.one(Inspect((ACCOUNT,)))
        assert isinstance(seen, Inspected)
        return seen.views[0].failures


@contextmanager
def opened(url: str, kind: str) -> Iterator[Driven]:
    """Open the store that a URL names, as it is."""
    if kind == "threads":
        with open_storage(url) as store:
            yield Driven(store, None)
        return
    with asyncio.Runner() as runner:
        awaited = open_async_storage(url)
        try:
            yield Driven(awaited, runner)
        finally:
            runner.run(awaited.aclose())


@contextmanager
def resilient(url: str, kind: str, clock: FrozenClock, **options: Any) -> Iterator[Driven]:  # noqa: ANN401 - any option
    """Open the store that a URL names, made resilient. Its breaker keeps the clock's time."""
    with opened(url, kind) as driven:
        made = ResilientStorage if kind == "threads" else AsyncResilientStorage
        driven.behind = Driven(driven.store, driven.runner)
        driven.store = made(driven.store, **{"clock": clock, "timeout": DEADLINE, **options})
        yield driven


def asked(driven: Driven) -> dict[str, Op]:
    """Return an operation of each kind, about things that are there."""
    begun = attempt()
    result = driven.one(begun)
    assert isinstance(result, Admitted)
    driven.one(PutOnce(CODE, b"123456", WINDOW))
    return {
        "admit": attempt(),
        "settle": Settle(begun.attempt, begun.source, result.charged),
        "unlock": Clear((ACCOUNT,)),
        "single use": Take(CODE),
        "inspect": Inspect((ACCOUNT,)),
    }


def answered(driven: Driven, op: Op) -> Result | None:
    """Carry out one operation; None where the store failed."""
    try:
        return driven.one(op)
    except StorageError:
        return None


def proxy_to(path: str) -> FaultProxy:
    """A proxy before a server's Unix socket. A connection's first words get through, whatever happens."""

    def connect() -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(path)
        return connection

    return FaultProxy(connect, harmless=lambda sent: b"EVAL" not in sent)
