"""Claims about the hasher's places: bounded work, in threads, loops and processes."""

import asyncio
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed

import pytest

from authguard_argon2 import Argon2Hasher, Argon2Parameters, AsyncArgon2Hasher
from authguard_core.errors import HasherBusy

CHEAP = Argon2Parameters(time_cost=1, memory_kib=8, lanes=1)
PASSWORD = "any password"
MINE = Argon2Hasher(parameters=CHEAP).hash(PASSWORD)


class Gate:
    """An ``on_hash`` that counts, and keeps a computation's place taken until it is opened."""

    def __init__(self) -> None:
        self.computed: list[Argon2Parameters] = []
        self.reached = threading.Semaphore(0)
        self.opened = threading.Event()
        self.most_at_once = 0
        self._inside = 0
        self._lock = threading.Lock()

    def __call__(self, parameters: Argon2Parameters) -> None:
        with self._lock:
            self.computed.append(parameters)
            self._inside += 1
            self.most_at_once = max(self.most_at_once, self._inside)
        self.reached.release()
        assert self.opened.wait(timeout=60), "the gate was never opened"
        with self._lock:
            self._inside -= 1


async def settle(*tasks: asyncio.Task[bool]) -> list[bool | BaseException]:
    return await asyncio.gather(*tasks, return_exceptions=True)


def started(hasher: AsyncArgon2Hasher, count: int) -> list[asyncio.Task[bool]]:
    return [asyncio.create_task(hasher.verify(None, PASSWORD)) for _ in range(count)]


async def refused_of(count: int, hasher: AsyncArgon2Hasher, gate: Gate) -> int:
    """How many of so many calls are refused while no computation ends; afterwards all places are free."""
    gate.opened.clear()
    tasks = started(hasher, count)
    await asyncio.sleep(0)
    refused = [task for task in tasks if task.done()]
    gate.opened.set()
    await settle(*tasks)
    await hasher.aclose()  # the threads have let go of their places
    return len(refused)


def run_program(program: str) -> str:
    run = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=60
    )
    assert run.stderr == ""
    return run.stdout


# ---------------------------------------------------------------- bounded work


@pytest.mark.anyio
async def test_a75_of_500_concurrent_sign_ins_the_excess_is_refused_before_any_hash() -> None:
    """2 compute and 8 wait; 490 are refused in their first step, though no computation has ended."""
    gate = Gate()
    hasher = AsyncArgon2Hasher(parameters=CHEAP, workers=2, max_pending=8, on_hash=gate)
    tasks = started(hasher, 500)
    await asyncio.sleep(0)
    refused = [task for task in tasks if task.done()]
    gate.opened.set()
    answers = await settle(*tasks)
    assert (len(refused), len(gate.computed), gate.most_at_once <= 2) == (490, 10, True)
    assert [type(answer) for answer in answers] == [bool] * 10 + [HasherBusy] * 490


@pytest.mark.anyio
async def test_a75_the_event_loop_goes_on_while_every_worker_computes() -> None:
    """A thousand turns of the loop happen while all workers are busy and nobody has an answer."""
    gate = Gate()
    hasher = AsyncArgon2Hasher(parameters=CHEAP, workers=2, max_pending=8, on_hash=gate)
    tasks = started(hasher, 10)
    await asyncio.to_thread(gate.reached.acquire)
    await asyncio.to_thread(gate.reached.acquire)
    for _turn in range(1000):
        await asyncio.sleep(0)
    answered = [task for task in tasks if task.done()]
    gate.opened.set()
    await settle(*tasks)
    assert (answered, len(gate.computed)) == ([], 10)


@pytest.mark.anyio
async def test_a75_places_are_free_again_after_a_flood() -> None:
    """Neither answers nor refusals keep a place: after a flood as many fit as before."""
    gate = Gate()
    hasher = AsyncArgon2Hasher(parameters=CHEAP, workers=1, max_pending=2, on_hash=gate)
    assert [await refused_of(20, hasher, gate) for _flood in range(3)] == [17, 17, 17]


def test_a75_the_blocking_flavour_refuses_the_excess_too() -> None:
    """Of 10 threads 2 compute and 3 wait; 5 are refused while no computation has ended."""
    gate = Gate()
    hasher = Argon2Hasher(parameters=CHEAP, workers=2, max_pending=3, on_hash=gate)
    with ThreadPoolExecutor(10) as threads:
        calls = [threads.submit(hasher.verify, None, PASSWORD) for _ in range(10)]
        finished = as_completed(calls, timeout=60)
        refused = [next(finished) for _ in range(5)]
        gate.opened.set()
    assert {type(call.exception()) for call in refused} == {HasherBusy}
    assert [call.exception() for call in calls].count(None) == 5
    assert (len(gate.computed), gate.most_at_once <= 2) == (5, True)


def test_a75_without_a_queue_whoever_does_not_fit_is_refused() -> None:
    """``max_pending=0`` refuses while the workers compute, and accepts when they are done."""
    gate = Gate()
    hasher = Argon2Hasher(parameters=CHEAP, workers=1, max_pending=0, on_hash=gate)
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(hasher.verify, MINE, PASSWORD)
        gate.reached.acquire()
        with pytest.raises(HasherBusy, match="1 of 1"):
            hasher.hash(PASSWORD)
        gate.opened.set()
        assert running.result()
    assert hasher.verify(MINE, PASSWORD)


@pytest.mark.anyio
async def test_a75_both_flavours_of_a_hasher_share_its_places() -> None:
    """A blocking computation takes a place from the awaitable flavour of the same hasher."""
    gate = Gate()
    hasher = Argon2Hasher(parameters=CHEAP, workers=1, max_pending=0, on_hash=gate)
    running = asyncio.create_task(asyncio.to_thread(hasher.verify, MINE, PASSWORD))
    await asyncio.to_thread(gate.reached.acquire)
    with pytest.raises(HasherBusy):
        await hasher.aio.verify(MINE, PASSWORD)
    gate.opened.set()
    assert await running


@pytest.mark.anyio
async def test_a_cancelled_wait_frees_its_place_exactly_once() -> None:
    """Of 1 computing and 2 waiting calls the waiting ones are cancelled: then 2 fit, and never more."""
    gate = Gate()
    hasher = AsyncArgon2Hasher(parameters=CHEAP, workers=1, max_pending=2, on_hash=gate)
    first, *waiting = started(hasher, 3)
    await asyncio.to_thread(gate.reached.acquire)
    for task in waiting:
        task.cancel()
    cancelled = await settle(*waiting)
    again = started(hasher, 3)
    await asyncio.sleep(0)
    refused = [task.done() for task in again]
    gate.opened.set()
    await settle(first, *again)
    await hasher.aclose()
    assert [type(answer) for answer in cancelled] == [asyncio.CancelledError] * 2
    assert refused == [False, False, True]
    assert await refused_of(4, hasher, gate) == 1


@pytest.mark.anyio
async def test_a_cancelled_computation_keeps_its_place_to_its_end() -> None:
    """Work that can't be stopped still counts, so cancelling requests doesn't multiply it."""
    gate = Gate()
    hasher = AsyncArgon2Hasher(parameters=CHEAP, workers=1, max_pending=0, on_hash=gate)
    (running,) = started(hasher, 1)
    await asyncio.to_thread(gate.reached.acquire)
    running.cancel()
    await settle(running)
    with pytest.raises(HasherBusy):
        await hasher.verify(MINE, PASSWORD)
    gate.opened.set()
    await hasher.aclose()
    assert await hasher.verify(MINE, PASSWORD)


def test_a_cancelled_wait_is_never_computed() -> None:
    """The hash work of a call that was cancelled in the queue is saved."""
    gate = Gate()
    hasher = AsyncArgon2Hasher(parameters=CHEAP, workers=1, max_pending=5, on_hash=gate)

    async def cancel_the_queue() -> None:
        first, *waiting = started(hasher, 6)
        await asyncio.to_thread(gate.reached.acquire)
        for task in waiting:
            task.cancel()
        await settle(*waiting)
        gate.opened.set()
        await settle(first)
        await hasher.aclose()

    asyncio.run(cancel_the_queue())
    assert len(gate.computed) == 1


def test_one_hasher_serves_several_event_loops() -> None:
    """Loops in different threads share one hasher and all get their answers."""
    hasher = AsyncArgon2Hasher(parameters=CHEAP, workers=2, max_pending=100)

    async def sign_in() -> list[bool | BaseException]:
        return await settle(*(asyncio.create_task(hasher.verify(MINE, PASSWORD)) for _ in range(10)))

    with ThreadPoolExecutor(4) as threads:
        answers = [call.result() for call in [threads.submit(asyncio.run, sign_in()) for _ in range(4)]]
    assert answers == [[True] * 10] * 4


@pytest.mark.anyio
async def test_a_closed_hasher_has_no_threads_and_can_be_used_again() -> None:
    """Closing ends the threads of the pool; a test client that starts an application twice still signs in."""
    computed_in: list[threading.Thread] = []
    hasher = AsyncArgon2Hasher(
        parameters=CHEAP, workers=1, on_hash=lambda _: computed_in.append(threading.current_thread())
    )
    for _life in range(2):
        assert await hasher.verify(MINE, PASSWORD)
        await hasher.aclose()
        await hasher.aclose()
    assert [thread.is_alive() for thread in computed_in] == [False, False]


@pytest.mark.anyio
async def test_closing_waits_for_what_runs_and_what_waits() -> None:
    """Closing is done when the last accepted call is, so nobody who was let in loses the answer."""
    gate = Gate()
    hasher = AsyncArgon2Hasher(parameters=CHEAP, workers=1, max_pending=1, on_hash=gate)
    tasks = started(hasher, 2)
    await asyncio.to_thread(gate.reached.acquire)
    closing = asyncio.create_task(hasher.aclose())
    for _turn in range(1000):
        await asyncio.sleep(0)
    closed_early = closing.done()
    gate.opened.set()
    await closing
    assert (closed_early, len(gate.computed), await settle(*tasks)) == (False, 2, [False, False])


def test_the_blocking_flavour_starts_no_thread() -> None:
    """It computes in the caller's thread, and closing it is harmless."""
    computed_in: list[str] = []
    hasher = Argon2Hasher(
        parameters=CHEAP, on_hash=lambda _: computed_in.append(threading.current_thread().name)
    )
    hasher.verify(MINE, PASSWORD)
    hasher.close()
    assert computed_in == [threading.current_thread().name]


# ---------------------------------------------------------------- processes


def test_nothing_starts_before_the_first_hash() -> None:
    """Importing the package and making a hasher starts no thread."""
    program = (
        "import threading, authguard_argon2 as a; h = a.AsyncArgon2Hasher(); print(threading.active_count())"
    )
    assert run_program(program).split() == ["1"]


def test_the_interpreter_ends_while_calls_still_wait() -> None:
    """Calls that nobody waits for neither hang nor soil the exit of the interpreter."""
    program = (
        "import asyncio, authguard_argon2 as a\n"
        "hasher = a.AsyncArgon2Hasher(workers=1)\n"
        "async def leave():\n"
        "    tasks = [asyncio.create_task(hasher.verify(None, 'x')) for _ in range(10)]\n"
        "    await asyncio.sleep(0)\n"
        "    print(len(tasks))\n"
        "asyncio.run(leave())\n"
    )
    assert run_program(program).split() == ["10"]


@pytest.mark.skipif(sys.platform == "win32", reason="this system has no fork")
def test_a_forked_worker_starts_with_an_empty_pool() -> None:
    """A fork while every place is taken doesn't leave the child without places or threads."""
    program = (
        "import asyncio, os, threading, warnings, authguard_argon2 as a\n"
        "warnings.simplefilter('ignore')\n"
        "gate, reached = threading.Event(), threading.Event()\n"
        "parent = os.getpid()\n"
        "def hold(_):\n"
        "    reached.set()\n"
        "    if os.getpid() == parent:\n"
        "        gate.wait()\n"
        "cheap = a.Argon2Parameters(time_cost=1, memory_kib=8)\n"
        "hasher = a.AsyncArgon2Hasher(parameters=cheap, workers=1, max_pending=0, on_hash=hold)\n"
        "thread = threading.Thread(target=lambda: asyncio.run(hasher.verify(None, 'x')))\n"
        "thread.start()\n"
        "reached.wait()\n"
        "child = os.fork()\n"
        "if not child:\n"
        "    answer = asyncio.run(hasher.verify(None, 'x'))\n"
        "    os._exit(7 if answer is False else 1)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
        "gate.set()\n"
        "thread.join()\n"
    )
    assert run_program(program).split() == ["7"]
