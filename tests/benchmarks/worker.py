"""A process for each guarded login, so that nobody's threads, memory or settings touch another's.

``python -m tests.benchmarks.worker FRAMEWORK NAME LIMIT`` reads a task from each line of its input and writes
what came of it, as JSON. :class:`Worker` is the other end. Without a limit (0) nobody is refused.
"""

import gc
import importlib
import json
import os
import subprocess
import sys
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from tests.benchmarks.gates import MANY_ADDRESSES, ONE_ADDRESS
from tests.benchmarks.harness import Key, cpu_seconds
from tests.benchmarks.logins import RIGHT, WRONG, Login
from tests.docs.blocks import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

USERS, EACH = 40, 3
"""How many try, and how often each, one after another: as often as authguard's delays let them fail."""
CALLS = USERS * EACH
TRIES = 10
SUBNET = 16
"""How many users share a subnet; each has an address of its own."""
EXPECTED = {RIGHT: 200, WRONG: 401}


class Worker:
    """A guarded login in a process of its own."""

    def __init__(self, framework: str, name: str, limit: int = 0) -> None:
        self._name = name
        paths = os.pathsep.join(path for path in sys.path if path)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.worker", framework, name, str(limit)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": paths},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.communicate()

    def seconds(self, password: str) -> float:
        """Return the seconds of CPU time that :data:`CALLS` attempts with this password took."""
        return float(self._ask("seconds", password))

    def race(self, *, one_address: bool) -> int:
        """Return how many of fifty parallel guesses were checked."""
        return int(self._ask("race", one_address))

    def checked_in_a_row(self) -> int:
        """Return how many wrong passwords of ten in a row were checked."""
        return int(self._ask("in_a_row", WRONG)[0])

    def refused_in_a_row(self) -> int:
        """Return how many right passwords of ten in a row didn't sign in."""
        return int(self._ask("in_a_row", RIGHT)[1])

    def _ask(self, task: str, argument: object) -> Any:  # noqa: ANN401 - as JSON is
        sent, answers = self._process.stdin, self._process.stdout
        assert sent is not None
        assert answers is not None
        sent.write(json.dumps([task, argument]) + "\n")
        sent.flush()
        line = answers.readline()
        if not line:
            raise RuntimeError(f"{self._name}: the process ended with {self._process.wait()}")
        return json.loads(line)


# In the process


class Tasks:
    """What a process does when it is asked."""

    def __init__(self, login: Login) -> None:
        self._login = login
        self._next = 0

    def seconds(self, password: str) -> float:
        """Time attempts: of somebody new from somewhere new, again, and again; then of the next one."""
        users = range(self._next, self._next + USERS)
        self._next += USERS
        keys = [_key(user) for user in users for _ in range(EACH)]
        statuses: list[int] = []
        gc.collect()
        gc.freeze()  # what is there already would be gone through again and again
        taken = cpu_seconds(lambda: statuses.extend(self._login.attempt(keys, password)))
        gc.unfreeze()
        if set(statuses) != {EXPECTED[password]}:
            raise AssertionError(statuses)
        return taken

    def race(self, one_address: bool) -> int:
        """Let fifty guess at once."""
        return self._login.race(ONE_ADDRESS if one_address else MANY_ADDRESSES)

    def in_a_row(self, password: str) -> tuple[int, int]:
        """Try again and again to sign in as one user; count who was checked, and who didn't get in."""
        statuses = self._login.attempt([_key(0)] * TRIES, password)
        return self._login.checked, TRIES - statuses.count(EXPECTED[RIGHT])


def _key(number: int) -> Key:
    subnet, host = divmod(number, SUBNET)
    return Key(f"user{number}@example.org", f"10.{subnet >> 8}.{subnet & 255}.{host}")


def main(framework: str, name: str, limit: str) -> None:
    """Do what is asked until nobody asks any more."""
    module = importlib.import_module(f"tests.benchmarks.on_{framework}")
    tasks = Tasks(module.open_login(name, int(limit) or None))
    for line in sys.stdin:
        task, argument = json.loads(line)
        do: Callable[[Any], object] = getattr(tasks, task)
        print(json.dumps(do(argument)), flush=True)
    os._exit(0)  # the threads that a peer has begun would keep the process alive


if __name__ == "__main__":
    main(*sys.argv[1:])
