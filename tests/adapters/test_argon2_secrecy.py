"""Claims about what can be seen of a password where something fails: nothing."""

import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import pytest

from authguard_argon2 import Argon2Hasher, Argon2Parameters, AsyncArgon2Hasher, UnusablePasswordError
from authguard_core.errors import HasherBusy

CHEAP = Argon2Parameters(time_cost=1, memory_kib=8, lanes=1)
PASSWORD = "canary-3f9c-password"
MINE = Argon2Hasher(parameters=CHEAP).hash(PASSWORD)


class TellingError(Exception):
    """What an application's ``on_hash`` may raise by mistake."""


def fail(_parameters: Argon2Parameters) -> None:
    raise TellingError


def everything_told(error: BaseException) -> Iterator[str]:
    """What a collector of errors sees: messages, and the variables of all frames but this file's."""
    told: BaseException | None = error
    while told is not None:
        yield f"{told!r} {told}"
        yield from told_by_frames(told.__traceback__)
        told = told.__cause__ or told.__context__


def told_by_frames(traceback: TracebackType | None) -> Iterator[str]:
    while traceback is not None:
        if Path(traceback.tb_frame.f_code.co_filename) != Path(__file__):
            yield from (repr(value) for value in traceback.tb_frame.f_locals.values())
        traceback = traceback.tb_next


@contextmanager
def little_memory() -> Iterator[None]:
    """Let the process have no more than another 256 MiB of address space."""
    resource = pytest.importorskip("resource", reason="this system has no limits on memory")
    statm = Path("/proc/self/statm")
    if not statm.exists():
        pytest.skip("this system doesn't tell how much memory is mapped")
    mapped = int(statm.read_text().split()[0]) * resource.getpagesize()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (mapped + 256 * 1024 * 1024, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


LARGE = Argon2Parameters(time_cost=1, memory_kib=2 * 1024 * 1024)
BROKEN: dict[str, Callable[[Argon2Hasher], object]] = {
    "verify": lambda hasher: hasher.verify(MINE, PASSWORD),
    "verify wrong": lambda hasher: hasher.verify(MINE, PASSWORD + "x"),
    "verify unknown": lambda hasher: hasher.verify(None, PASSWORD),
    "hash": lambda hasher: hasher.hash(PASSWORD),
    "hash too long": lambda hasher: hasher.hash(PASSWORD * 1000),
    "hash surrogate": lambda hasher: hasher.hash(PASSWORD + "\ud800"),
}
ASYNC_BROKEN: dict[str, Callable[[AsyncArgon2Hasher], Awaitable[object]]] = {
    "verify": lambda hasher: hasher.verify(MINE, PASSWORD),
    "verify unknown": lambda hasher: hasher.verify(None, PASSWORD),
    "hash": lambda hasher: hasher.hash(PASSWORD),
    "hash too long": lambda hasher: hasher.hash(PASSWORD * 1000),
}


@pytest.mark.parametrize("call", BROKEN.values(), ids=BROKEN.keys())
def test_a82_an_error_on_the_way_shows_no_password(call: Callable[[Argon2Hasher], object]) -> None:
    """Neither messages nor the variables in a traceback of the hasher's frames hold the password."""
    with pytest.raises((TellingError, UnusablePasswordError)) as failure:
        call(Argon2Hasher(parameters=CHEAP, on_hash=fail))
    told = list(everything_told(failure.value))
    assert len(told) > 1
    assert not [text for text in told if PASSWORD in text]


@pytest.mark.anyio
@pytest.mark.parametrize("call", ASYNC_BROKEN.values(), ids=ASYNC_BROKEN.keys())
async def test_a82_an_error_in_a_worker_shows_no_password(
    call: Callable[[AsyncArgon2Hasher], Awaitable[object]],
) -> None:
    """The awaitable flavour and its threads keep the password out of tracebacks too."""
    with pytest.raises((TellingError, UnusablePasswordError)) as failure:
        await call(AsyncArgon2Hasher(parameters=CHEAP, on_hash=fail))
    told = list(everything_told(failure.value))
    assert len(told) > 1
    assert not [text for text in told if PASSWORD in text]


@pytest.mark.parametrize("name", ["verify unknown", "hash"])
def test_a82_a_lack_of_memory_is_overload_and_shows_no_password(name: str) -> None:
    """Where Argon2 gets no memory the hasher is busy, and argon2-cffi's frames are not passed on."""
    with little_memory(), pytest.raises(HasherBusy, match="no memory") as failure:
        BROKEN[name](Argon2Hasher(parameters=LARGE))
    assert not [text for text in everything_told(failure.value) if PASSWORD in text]


def test_a82_a_refused_call_shows_no_password() -> None:
    """HasherBusy carries nothing of the call that it refused."""
    reached, gate = threading.Event(), threading.Event()

    def hold(_parameters: Argon2Parameters) -> None:
        reached.set()
        assert gate.wait(timeout=60), "the gate was never opened"

    hasher = Argon2Hasher(parameters=CHEAP, workers=1, max_pending=0, on_hash=hold)
    with ThreadPoolExecutor(2) as threads:
        threads.submit(hasher.verify, MINE, "something else")
        assert reached.wait(timeout=60)
        errors = [threads.submit(call, hasher).exception(timeout=60) for call in BROKEN.values()]
        gate.set()
    told = [text for error in errors if error is not None for text in everything_told(error)]
    assert {type(error) for error in errors} == {HasherBusy}
    assert not [text for text in told if PASSWORD in text]
