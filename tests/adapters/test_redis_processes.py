"""Claims about several processes that share a server or a Cluster."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest

from authguard_core import Attempt, Guard, Outcome, Reason, Settings
from authguard_core.counting.ops import Inspect, Inspected, PutOnce
from authguard_redis import open_storage
from tests.adapters.redis_world import ACCOUNT, ADDRESS, CODE, WINDOW
from tests.servers import shared

ROOT = Path(__file__).parent.parent.parent
PROCESSES = 4


class Racers(NamedTuple):
    """Processes that wait for races."""

    started: "list[subprocess.Popen[str]]"

    def tell(self, line: str) -> None:
        """Tell all of them something."""
        for racer in self.started:
            assert racer.stdin
            racer.stdin.write(f"{line}\n")
            racer.stdin.flush()

    def hear(self) -> list[str]:
        """Return what each of them says next."""
        return [racer.stdout.readline().strip() for racer in self.started if racer.stdout]

    def race(self, kind: str, url: str, what: str) -> int:
        """Let them race, and return how many rivals were let through in all."""
        self.tell(f"{kind} {url} {what}")
        assert self.hear() == ["ready"] * PROCESSES
        self.tell("")
        return sum(int(won) for won in self.hear())


@pytest.fixture(scope="module")
def racers() -> Iterator[Racers]:
    """Four processes, of fifty rivals each."""
    shared.need_redis()
    command = [sys.executable, "-m", "tests.adapters.redis_racer"]
    with ExitStack() as stack:
        started = [
            stack.enter_context(
                subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            for _ in range(PROCESSES)
        ]
        yield Racers(started)
        for racer in started:
            assert racer.stdin
            racer.stdin.close()


@pytest.fixture(params=["one server", "Cluster"])
def url(request: pytest.FixtureRequest) -> str:
    """Where the counters are."""
    server = shared.cluster() if request.param == "Cluster" else shared.redis()
    return f"{server.url}?prefix={shared.prefix()}&socket_timeout=20"


@pytest.mark.parametrize("kind", ["threads", "tasks"])
def test_a12_a14_of_four_processes_with_fifty_rivals_each_exactly_the_limit_is_admitted(
    racers: Racers, kind: str, url: str
) -> None:
    """Two hundred at one moment, at a limit of five; and no counter holds more, or less."""
    assert racers.race(kind, url, "admit") == 5
    with open_storage(url) as store:
        (seen,) = store.execute([Inspect((ADDRESS, ACCOUNT))])
    assert isinstance(seen, Inspected)
    assert [view.failures for view in seen.views] == [5, 5]


@pytest.mark.parametrize("kind", ["threads", "tasks"])
def test_a52_of_four_processes_with_fifty_rivals_each_exactly_one_uses_a_code(
    racers: Racers, kind: str, url: str
) -> None:
    """Whether it is put, as one that was used, or taken, as one that was issued."""
    assert racers.race(kind, url, "put") == 1
    with open_storage(url) as store:
        store.execute([PutOnce(CODE, b"code", WINDOW)])
    assert racers.race(kind, url, "take") == 1


def test_a65_a_restart_of_the_application_keeps_locks_and_known_browsers(url: str) -> None:
    """A new process with the same secret: the account stays locked, and its owner gets in."""
    settings = Settings.load(
        secret_key="nobody signs anything real with this one",
        storage_url=url,
        storage_timeout="20s",
        login={"delay_after": 5},
    )
    stranger = Attempt(identifier="alice", peer="192.0.2.1")
    first = Guard(settings)
    ticket = first.check(stranger).ticket
    assert ticket
    cookie = first.settle(ticket, Outcome.SUCCESS).device
    assert cookie
    allowed = [first.check(stranger).allowed for _ in range(6)]
    first.close()
    second = Guard(settings)
    assert allowed == [True] * 5 + [False]
    assert second.check(stranger).reason is Reason.LOCKED
    assert second.check(Attempt(identifier="alice", peer="198.51.100.1", device=cookie.value)).allowed
    second.close()
