"""Claims about what refuses an attempt, and what it is told."""

import pytest

from authguard_core import Reason, Scope
from tests.core.scene import ELSEWHERE, MINUTE, scene


def test_a01_the_account_s_limit_refuses_the_right_password_too() -> None:
    """After N failures nothing is looked at until the lock ends, to the millisecond."""
    world = scene()
    world.fail(times=5)
    refused = world.check()
    assert (refused.reason, refused.wait, refused.retry_after) == (Reason.LOCKED, 900.0, 900)

    world.clock.advance(899.999)
    assert world.check().wait == pytest.approx(0.001)
    world.clock.advance(0.001)
    assert world.check().allowed


def test_a04_one_address_is_limited_whatever_names_it_tries() -> None:
    """Spraying one password over many accounts ends at the address's limit; the accounts hardly notice."""
    world = scene(login={"ip_limit": "10/15m"})
    for number in range(10):
        world.fail(f"user{number}")
    refused = world.check("user10")

    assert (refused.reason, refused.wait) == (Reason.LIMITED, 900.0)
    assert [event.scope for event in refused.events] == [Scope.ADDRESS]


def test_a30_a_subnet_is_limited_beside_its_addresses() -> None:
    """Rotating within an IPv6 /48 ends at the subnet's limit."""
    world = scene(login={"subnet_limit": "3/15m"})
    for number in range(3):
        world.fail(f"user{number}", peer=f"2001:db8:0:{number}::1")
    refused = world.check("user3", peer="2001:db8:0:9::1")

    assert [event.scope for event in refused.events] == [Scope.SUBNET]


def test_a_refused_attempt_is_charged_to_nobody() -> None:
    """An attacker whose address is blocked can't use up the victim's budget."""
    world = scene(login={"ip_limit": "1/15m"})
    world.fail("mallory", peer=ELSEWHERE)
    for _ in range(20):
        assert world.check("alice", peer=ELSEWHERE).reason is Reason.LIMITED

    assert world.guard.inspect("alice").failures == 0


def test_the_longest_wait_is_told() -> None:
    """Of two counters that refuse, the one that lasts longer speaks, whichever comes first."""
    world = scene(login={"delay": "off", "ip_limit": "5/2h"})
    world.fail(times=5)
    assert world.check().wait == 7_200.0

    world = scene(login={"delay": "off", "ip_limit": "5/1m"})
    world.fail(times=5)
    assert world.check().wait == 900.0


def test_a_wait_that_time_doesn_t_end_outweighs_any_other() -> None:
    """At the cap no number of seconds helps, so none is told."""
    world = scene(login={"delay": "off", "failure_cap": "5", "ip_limit": "5/2h"})
    world.fail(times=5)
    refused = world.check()

    assert (refused.reason, refused.wait, refused.retry_after) == (Reason.CAPPED, None, 3_600)


def test_a42_a_delay_is_told_never_slept() -> None:
    """From the third failure on the next attempt is told to wait, twice as long each time."""
    world = scene(login={})
    world.fail(times=3)
    waits: list[float | None] = []
    for _ in range(2):
        refused = world.check()
        assert refused.reason is Reason.DELAYED
        waits.append(refused.wait)
        world.clock.advance(refused.wait or 0)
        world.fail()

    assert waits == [1.0, 2.0]


def test_a_lock_s_escalation_is_told_as_wait() -> None:
    """The second lock is twice as long as the first, and what the client is told rounds up."""
    world = scene()
    world.fail(times=5)
    world.clock.advance(15 * MINUTE)
    world.fail(times=5)

    assert (world.check().wait, world.check().retry_after) == (1_800.0, 3_600)
