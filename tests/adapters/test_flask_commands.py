"""Claims about the commands: flask authguard status and unlock."""

import pytest

from authguard_core import MemoryStorage
from tests.adapters.flask_world import World, device_cookie
from tests.adapters.support import WRONG, Clock


def test_the_commands_show_and_unlock() -> None:
    """Flask authguard status says how an account stands; unlock ends its lock, or an address's."""
    world = World()
    run = world.app.test_cli_runner().invoke
    world.lock()
    shown = run(args=["authguard", "status", "Alice"])
    assert shown.exit_code == 0
    assert "failures in the window: 3" in shown.stdout
    assert "wait: 1 s" in shown.stdout
    assert "memory://" in shown.stderr
    assert run(args=["authguard", "unlock", "alice"]).stdout == "Unlocked.\n"
    assert "next attempt: admitted" in run(args=["authguard", "status", "alice"]).stdout
    assert run(args=["authguard", "unlock", "--address", "198.51.0.1"]).exit_code == 0


def test_without_a_name_the_status_is_what_is_limited() -> None:
    """A line for each, and not a word about the store: it isn't asked."""
    shown = World().app.test_cli_runner().invoke(args=["authguard", "status"])
    assert "login: each account: at most 5 in any 15m" in shown.stdout
    assert (shown.exit_code, shown.stderr) == (0, "")


def test_at_the_cap_the_status_says_what_ends_it() -> None:
    """Time alone doesn't."""
    world = World({"failure_cap": "3"})
    for number in range(3):
        world.post(password=WRONG, address=f"198.51.{number}.1")
    shown = world.app.test_cli_runner().invoke(args=["authguard", "status", "alice"]).stdout
    assert "next attempt: capped\nwait: until a completed reset, " in shown


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["status", " "], "identifier: got nothing usable"),
        (["status", "alice", "--purpose", "pin"], "pin"),
        (["unlock"], "either a NAME or an --address"),
        (["unlock", "alice", "--address", "192.0.2.1"], "either a NAME or an --address"),
        (["unlock", "--address", "somewhere"], "address"),
    ],
)
def test_the_commands_say_what_is_wrong(args: list[str], told: str) -> None:
    """In a line, without a traceback."""
    result = World().app.test_cli_runner().invoke(args=["authguard", *args])
    assert result.exit_code != 0
    assert told in result.stderr
    assert "Traceback" not in result.output


class Shared:
    """A store that is not this process's memory, as far as anybody can see."""

    def __init__(self) -> None:
        self.execute = MemoryStorage(clock=Clock()).execute


def test_with_a_shared_store_there_is_nothing_to_warn_of() -> None:
    """Only memory:// is a process's own."""
    result = World(storage=Shared()).app.test_cli_runner().invoke(args=["authguard", "status", "alice"])
    assert (result.exit_code, result.stderr) == (0, "")
    assert device_cookie(World(storage=Shared()).post())
