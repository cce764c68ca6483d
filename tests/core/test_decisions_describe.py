"""Claims about the description of a policy."""

from authguard_core import Reason
from authguard_core.decisions.describe import describe
from tests.core.scene import scene, settings


def lines(**code: object) -> list[str]:
    """The description of one purpose, without its name."""
    text = describe(
        settings(login={"device_limit": "off", "ip_limit": "off", "subnet_limit": "off", **code}).policy()
    )
    return [line.removeprefix("login: ") for line in text.splitlines() if line.startswith("login: ")]


def test_every_counter_of_every_purpose_has_its_line() -> None:
    """What an operator reads is the whole policy."""
    text = describe(settings(purposes={"export": {}}).policy())

    assert [line.partition(": at most")[0] for line in text.splitlines()] == [
        *(
            f"{purpose}: each {who}"
            for purpose in ("login", "otp")
            for who in ("address", "subnet", "account", "known source of an account")
        ),
        *(
            f"{purpose}: each {who}"
            for purpose in ("reset", "register", "meter")
            for who in ("address", "subnet", "account")
        ),
        *(f"export: each {who}" for who in ("address", "subnet", "account", "known source of an account")),
    ]


def test_the_bound_delay_lock_and_cap_are_said() -> None:
    """One line holds all that one counter promises."""
    (line,) = lines()

    assert line.split("; ") == [
        "each account: at most 5 in any 15m",
        "from failure 3 on a wait of 1s, doubling to 30s",
        "then a lock of 15m, doubling to 1h",
        "at most 100 consecutive failures",
    ]


def test_what_is_off_is_not_promised() -> None:
    """Without delay, lock and cap only the bound is left."""
    assert lines(delay="off", lock="off", failure_cap="off") == ["each account: at most 5 in any 15m"]


def test_a_token_bucket_says_its_weaker_bound() -> None:
    """Burst and rate add up, and the description says so."""
    assert lines(ip_limit="1000/15m burst 50")[0] == (
        "each address: at most 1050 in any 15m (token bucket: burst 50 + 1000 a window)"
    )


def test_a_delay_that_never_comes_is_not_promised() -> None:
    """DELAY_AFTER at the limit switches delays off: neither the guard nor its description has one."""
    world = scene(login={"delay_after": 5, "failure_cap": "off"})
    world.fail(times=5)

    assert world.check().reason is Reason.LOCKED
    assert lines(delay_after=5, failure_cap="off") == [
        "each account: at most 5 in any 15m; then a lock of 15m, doubling to 1h"
    ]


def test_a_guard_describes_itself() -> None:
    """The guard's own description is that of its policy."""
    guard = scene().guard

    assert guard.describe() == describe(guard.policy)
