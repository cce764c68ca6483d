"""Claims about the memory store under threads and tasks that all begin at once."""

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import anyio
import anyio.lowlevel
import pytest

from authguard_core.counting.limits import DAY, Rule
from authguard_core.counting.ops import (
    Admit,
    Admitted,
    Advance,
    Charge,
    Op,
    PutOnce,
    Result,
    Stored,
    Take,
    Taken,
)
from authguard_core.counting.refusal import Scope
from authguard_core.memory import AsyncMemoryStorage, MemoryStorage

WINDOW = 900_000
GUARDED = Rule(5, WINDOW, lock=WINDOW, lock_max=WINDOW)
KEYS = [bytes([number]) for number in range(250)]
RULES = [GUARDED, Rule(5, DAY), Rule(1, DAY, burst=5)]


@pytest.fixture(autouse=True)
def _restless() -> Iterator[None]:
    """Let threads take turns ten thousand times more often, so that a race is lost if there is one."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(before / 10_000)
    yield
    sys.setswitchinterval(before)


def at_once(threads: int, op: Callable[[int, bytes], Op], store: MemoryStorage) -> list[list[Result]]:
    """Let so many threads run through the same keys, all at the same moment; return each key's results."""
    barrier = threading.Barrier(threads)

    def run(number: int) -> list[Result]:
        barrier.wait()
        return [store.execute((op(number, key),))[0] for key in KEYS]

    with ThreadPoolExecutor(threads) as pool:
        return [list(results) for results in zip(*pool.map(run, range(threads)), strict=True)]


@pytest.mark.parametrize("rule", RULES, ids=["lock", "log", "bucket"])
def test_a12_of_a_hundred_threads_on_one_key_exactly_n_are_admitted(rule: Rule) -> None:
    """No interleaving lets one more, or one less, through."""

    def attempt(number: int, key: bytes) -> Op:
        return Admit(number, 0, (Charge(Scope.ACCOUNT, key, rule),))

    for results in at_once(100, attempt, MemoryStorage()):
        assert sum(isinstance(result, Admitted) for result in results) == 5


@pytest.mark.parametrize(
    ("op", "won"),
    [
        (lambda _, key: PutOnce(b"new " + key, b"", 60_000), Stored(True)),
        (lambda _, key: Take(b"there " + key), Taken(b"data")),
        (lambda _, key: Advance(b"number " + key, 7, 60_000), Stored(True)),
    ],
    ids=["put once", "take", "advance"],
)
def test_a51_a52_of_fifty_threads_exactly_one_wins(op: Callable[[int, bytes], Op], won: Result) -> None:
    """A code, a challenge or a token is accepted exactly once."""
    store = MemoryStorage()
    store.execute([PutOnce(b"there " + key, b"data", 60_000) for key in KEYS])
    store.execute([Advance(b"number " + key, 6, 60_000) for key in KEYS])
    for results in at_once(50, op, store):
        assert results.count(won) == 1


@pytest.mark.anyio
async def test_a14_of_a_hundred_tasks_on_one_key_exactly_n_are_admitted() -> None:
    """Wherever a task waits, it has been charged already."""
    store, results = AsyncMemoryStorage(), list[Result]()

    async def attempt(number: int) -> None:
        await anyio.lowlevel.checkpoint()
        results.extend(await store.execute((Admit(number, 0, (Charge(Scope.ACCOUNT, b"key", GUARDED),)),)))

    async with anyio.create_task_group() as group:
        for number in range(100):
            group.start_soon(attempt, number)
    assert sum(isinstance(result, Admitted) for result in results) == 5
